"""One receiving line of one viewer, as a row of `slots`: what `outbound.SlotStream` is.

The GCM rule: the same SSRC and sequence number MUST never be protected with other bytes. So
the counters outlive every leg, a new leg begins after the last number given out, each position
is given out once, and repairs go through RTX with numbers of their own.
"""

from media_relay.engine_fast.compiled import compiled
from media_relay.engine_fast.descriptors import renumber
from media_relay.engine_fast.foreign import memcpy
from media_relay.engine_fast.packets import HEADER, address, read16, write16, write32
from media_relay.engine_fast.state import (
    MAX_DATAGRAM,
    RESENT,
    SLOTS,
    Array,
    Record,
    State,
)
from media_relay.outbound import (
    MAX_RESENDS,
    PROBE_OCTETS,
    RESEND_AGAIN_SECONDS,
    VOICE_OCTETS,
    VOICES_KEPT,
)

_EXTENSION_OCTETS = 8
_FILLER_OCTETS = 4


@compiled
def rest(slot: Record) -> None:
    """Carry nothing; the next begins at a key frame, after the last number."""
    slot.inbound = -1
    slot.is_begun = 0
    slot.generation += 1


@compiled
def can_begin(slot: Record, held: Record) -> bool:
    """A leg MUST begin where a decoder can: at a key frame, for video."""
    if held.length == 0:
        return False
    return not slot.is_video or held.starts_key_frame == 1


@compiled
def begin(slot: Record, held: Record, now: float) -> None:
    """Continue the stream with this packet of a new source, on the clock of both."""
    elapsed = max(1, int((held.at - slot.at) * slot.clock_rate)) if slot.at else 1
    slot.is_begun = 1
    slot.first = held.position
    slot.position_shift = slot.position + 1 - held.position
    slot.timestamp_shift = slot.timestamp + elapsed - held.timestamp
    slot.picture_shift = slot.picture_id + 1 - held.picture_id if held.is_described else 0
    slot.tl0_shift = slot.tl0 + 1 - held.tl0 if held.is_described else 0
    slot.began_at = now


@compiled
def advance(slot: Record, held: Record) -> None:
    """Count a packet that is given out now."""
    position = held.position + slot.position_shift
    if position > slot.position:
        slot.position = position
        slot.timestamp = (held.timestamp + slot.timestamp_shift) & 0xFFFFFFFF
        slot.at = held.at
        if held.picture_id_at:
            slot.picture_id = (held.picture_id + slot.picture_shift) & 0x7FFF
        if held.tl0_at:
            slot.tl0 = (held.tl0 + slot.tl0_shift) & 0xFF
    slot.packets += 1
    slot.octets += held.length


@compiled
def write_media(
    state: State, slot: Record, place: int, number: int, data: Array
) -> tuple[int, int]:
    """The packet as the viewer gets it, unprotected; where its payload starts and where it ends."""
    held = state.held[place]
    first = 0x80 if held.length else 0xA0
    marker = held.marker << 7 if held.length else 0
    head = _write_head(
        data,
        first,
        marker | slot.payload_type,
        held.position + slot.position_shift,
        (held.timestamp + slot.timestamp_shift) & 0xFFFFFFFF,
        slot.ssrc,
        slot.transport_cc,
        number,
    )
    if held.length:
        return head, _write_payload(state, slot, place, data, head)
    return head, _write_padding(data, head, _FILLER_OCTETS)


@compiled
def write_repair(
    state: State, slot: Record, place: int, number: int, data: Array
) -> tuple[int, int]:
    """The RTX packet (RFC 4588) for what the ring holds at this place."""
    held = state.held[place]
    slot.rtx_sequence += 1
    head = _write_head(
        data,
        0x80,
        held.marker << 7 | slot.rtx_payload_type,
        slot.rtx_sequence,
        (held.timestamp + slot.timestamp_shift) & 0xFFFFFFFF,
        slot.rtx_ssrc,
        slot.transport_cc,
        number,
    )
    write16(data, head, held.position + slot.position_shift)
    return head, _write_payload(state, slot, place, data, head + 2)


@compiled
def write_probe(slot: Record, number: int, data: Array) -> tuple[int, int]:
    """An RTX packet of padding alone; receivers drop it after counting."""
    slot.rtx_sequence += 1
    head = _write_head(
        data,
        0xA0,
        slot.rtx_payload_type,
        slot.rtx_sequence,
        slot.timestamp,
        slot.rtx_ssrc,
        slot.transport_cc,
        number,
    )
    return head, _write_padding(data, head, PROBE_OCTETS)


@compiled
def may_resend(state: State, leg: int, position: int, now: float) -> bool:
    """A viewer that asks for one packet too often will not get it by asking."""
    slot = state.slots[leg]
    known = state.resent[leg * RESENT + position % RESENT]
    if known.position != position or known.generation != slot.generation:
        known.position = position
        known.generation = slot.generation
        known.at = 0.0
        known.count = 0
    if known.count >= MAX_RESENDS or now - known.at < RESEND_AGAIN_SECONDS:
        return False
    known.at = now
    known.count += 1
    return True


@compiled
def keep(state: State, leg: int, data: Array, length: int) -> None:
    """Remember a voice's packet as it is sent; pictures are repaired through RTX."""
    if state.slots[leg].is_video or not 0 < length <= VOICE_OCTETS:
        return
    sequence = read16(data, 2)
    voice = state.voices[leg * VOICES_KEPT + sequence % VOICES_KEPT]
    voice.number = sequence + 1
    voice.length = length
    memcpy(address(voice.octets), address(data), length)


@compiled
def kept(state: State, leg: int, sequence: int, now: float, data: Array) -> int:
    """Write the very bytes that were sent under this number; their count, 0 if they may not go."""
    voice = state.voices[leg * VOICES_KEPT + sequence % VOICES_KEPT]
    if voice.number != sequence + 1 or not may_resend(state, leg, sequence, now):
        return 0
    memcpy(address(data), address(voice.octets), voice.length)
    return voice.length


@compiled
def viewer_of(leg: int) -> int:
    """A leg is named by the row of the slot that it fills."""
    return leg // SLOTS


@compiled
def _write_head(
    data: Array,
    first: int,
    second: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    extension: int,
    number: int,
) -> int:
    """The header, with the transport-wide number (RFC 8285) if the slot has it; its length."""
    data[0] = first | 0x10 if extension else first
    data[1] = second
    write16(data, 2, sequence & 0xFFFF)
    write32(data, 4, timestamp)
    write32(data, 8, ssrc)
    if not extension:
        return HEADER
    write32(data, HEADER, 0xBEDE0001)
    data[16] = extension << 4 | 1
    write16(data, 17, number)
    data[19] = 0
    return HEADER + _EXTENSION_OCTETS


@compiled
def _write_payload(state: State, slot: Record, place: int, data: Array, start: int) -> int:
    held = state.held[place]
    length = held.length
    if not 0 <= length <= MAX_DATAGRAM or start + length > data.size:
        return start
    memcpy(address(data) + start, address(state.payloads[place]), length)
    renumber(held, data, start, slot.picture_shift, slot.tl0_shift)
    return start + length


@compiled
def _write_padding(data: Array, start: int, octets: int) -> int:
    for at in range(start, start + octets - 1):
        data[at] = 0
    data[start + octets - 1] = octets
    return start + octets
