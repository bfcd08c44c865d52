"""SRTP with AES-GCM (RFC 7714) by OpenSSL, in place, on arrays.

The nonce is the salt, the SSRC and the packet's index. `seal` MUST be asked once for each of
them: the window of the stream refuses a number that it has seen, whatever the caller believes.
"""

from media_relay.engine_fast.compiled import compiled
from media_relay.engine_fast.foreign import (
    cipher_control,
    cipher_final,
    cipher_init,
    cipher_update,
)
from media_relay.engine_fast.packets import address, header_length, read16, read32, write16, write32
from media_relay.engine_fast.state import Array, Record, State
from media_relay.engine_fast.windows import distance, is_fresh, note

TAG = 16
_GET_TAG, _SET_TAG = 0x10, 0x11
# Where in the scratch octets the nonce stands, and where OpenSSL may write its counts.
_WRITTEN = 16


@compiled
def _set_nonce(scratch: Array, salt: Array, ssrc: int, index: int) -> None:
    write16(scratch, 0, read16(salt, 0))
    write32(scratch, 2, read32(salt, 2) ^ ssrc)
    write32(scratch, 6, read32(salt, 6) ^ index >> 16)
    write16(scratch, 10, read16(salt, 10) ^ index)


@compiled
def _process(context: int, scratch: Array, data: Array, head: int, end: int) -> bool:
    """Authenticate the head, encrypt or decrypt the rest."""
    nonce, octets = address(scratch), address(data)
    written = nonce + _WRITTEN
    if cipher_init(context, 0, 0, 0, nonce, -1) != 1:
        return False
    if cipher_update(context, 0, written, octets, head) != 1:
        return False
    return end == head or (
        cipher_update(context, octets + head, written, octets + head, end - head) == 1
    )


@compiled
def seal(state: State, peer: Record, window: Record, data: Array, head: int, end: int) -> int:
    """Protect a packet of ours; the length it has then, or -1."""
    if not 12 <= head <= end or end + TAG > data.size or peer.sealing == 0:
        return -1
    delta = distance(window, read16(data, 2))
    if not is_fresh(window, delta):
        return -1
    scratch = state.scratch
    _set_nonce(scratch, peer.sealing_salt, read32(data, 8), window.index + delta)
    note(window, delta)
    context = peer.sealing
    if not _process(context, scratch, data, head, end):
        return -1
    if cipher_final(context, address(data) + end, address(scratch) + _WRITTEN) != 1:
        return -1
    if cipher_control(context, _GET_TAG, TAG, address(data) + end) != 1:
        return -1
    return end + TAG


@compiled
def unseal(state: State, peer: Record, window: Record, data: Array, length: int) -> int:
    """Verify and decrypt what a peer sent; the length of the plain packet, or -1."""
    head = header_length(data, length)
    end = length - TAG
    if head < 0 or head > end or length > data.size or peer.opening == 0:
        return -1
    delta = distance(window, read16(data, 2))
    if not is_fresh(window, delta):
        return -1
    scratch = state.scratch
    _set_nonce(scratch, peer.opening_salt, read32(data, 8), window.index + delta)
    context = peer.opening
    if not _process(context, scratch, data, head, end):
        return -1
    if cipher_control(context, _SET_TAG, TAG, address(data) + end) != 1:
        return -1
    if cipher_final(context, address(data) + end, address(scratch) + _WRITTEN) != 1:
        return -1
    note(window, delta)
    return end
