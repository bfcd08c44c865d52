"""SRTP by libsrtp (RFC 3711, RFC 7714). The only file that touches pylibsrtp's privates.

A relay protects each packet as often as it has viewers. pylibsrtp makes a C object for every
call; here one buffer serves all sessions, so they MUST all be used from one thread. A contract
test pins what is used.
"""

from collections.abc import Callable

import pylibsrtp
from pylibsrtp._binding import ffi, lib

from media_relay.engine import SrtpProfile
from media_relay.errors import Malformed

# Nothing larger crosses an ordinary network in one piece.
MAX_DATAGRAM = 1500
# What remains of it for tags and key identifiers, as libsrtp reckons.
MAX_PLAIN = MAX_DATAGRAM - pylibsrtp.SRTP_MAX_SRTCP_TRAILER_LEN
# Late and repaired packets must still pass, on both sides.
REPLAY_WINDOW = 1024

_PROFILES = {
    SrtpProfile.AEAD_AES_128_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpProfile.AEAD_AES_256_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    SrtpProfile.AES128_CM_SHA1_80: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}
_octets = ffi.new("char[]", MAX_DATAGRAM)
_buffer = ffi.buffer(_octets)
_length = ffi.new("int *")
_protect = lib.srtp_protect


class SrtpSession:
    """One direction of one peer, from the master key and salt. Refusals are Malformed."""

    def __init__(self, profile: SrtpProfile, key: bytes, *, sends: bool) -> None:
        kinds = pylibsrtp.Policy.SSRC_ANY_INBOUND, pylibsrtp.Policy.SSRC_ANY_OUTBOUND
        policy = pylibsrtp.Policy(key=key, ssrc_type=kinds[sends], srtp_profile=_PROFILES[profile])
        policy.window_size = REPLAY_WINDOW
        self._session = pylibsrtp.Session(policy)
        self._streams = self._session._srtp[0]

    def protect(self, packet: bytes) -> bytes:
        """Refuses a number that was used before (the GCM rule) and what is too long."""
        # `_process` written out: this runs for every packet and viewer.
        length = len(packet)
        if length > MAX_PLAIN:
            raise Malformed("srtp.too_long")
        _buffer[0:length] = packet
        _length[0] = length
        if _protect(self._streams, _octets, _length):
            raise Malformed("srtp.refused")
        protected: bytes = _buffer[0 : _length[0]]
        return protected

    def unprotect(self, packet: bytes) -> bytes:
        """Refuses what is not authentic or came before."""
        return self._process(lib.srtp_unprotect, packet, MAX_DATAGRAM)

    def protect_rtcp(self, packet: bytes) -> bytes:
        """The same for RTCP, which has numbers of its own."""
        return self._process(lib.srtp_protect_rtcp, packet, MAX_PLAIN)

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        """See `unprotect`."""
        return self._process(lib.srtp_unprotect_rtcp, packet, MAX_DATAGRAM)

    def _process(self, call: Callable[..., int], packet: bytes, most: int) -> bytes:
        length = len(packet)
        if length > most:
            raise Malformed("srtp.too_long")
        _buffer[0:length] = packet
        _length[0] = length
        if call(self._streams, _octets, _length):
            raise Malformed("srtp.refused")
        # cffi has no types.
        return bytes(_buffer[0 : _length[0]])
