"""What one peer may make Python do, with right keys and a wrong client.

Forwarding has its price, which the engines know. RTCP, and media under SSRCs that nobody has
learnt, cost many times as much for each packet: both engines ask here before they pay it.
"""

from media_relay.errors import Malformed
from media_relay.limits import TokenBucket
from media_relay.srtp import SrtpSession

# libsrtp keeps a stream for each sender until the session ends, and searches them one by one.
# Chromium sends under one for each layer and source and under 1, Firefox under one for each of
# the 34 lines and two more layers.
MAX_SENDERS = 64
# A browser in a room of 16 needs some 100 a second, and some hundreds while its line is bad.
PER_SECOND = 1000.0
BURST = 2000.0


class Guard:
    """One peer's. Only what is authentic uses anything up: a forged address silences nobody."""

    def __init__(self, session: SrtpSession) -> None:
        self._session = session
        self._senders: set[bytes] = set()
        self._bucket = TokenBucket(per_second=PER_SECOND, burst=BURST)

    def open_rtcp(self, packet: bytes, now: float) -> bytes:
        """The plain packet; Malformed if it is one too many, not authentic, or came before."""
        # In the clear (RFC 3711, section 3.4).
        sender = packet[4:8]
        if sender not in self._senders and len(self._senders) >= MAX_SENDERS:
            raise Malformed("rtcp.too_many_senders")
        self._check(now)
        plain = self._session.unprotect_rtcp(packet)
        self._bucket.take()
        self._senders.add(sender)
        return plain

    def pass_unlearnt(self, now: float) -> None:
        """Malformed if this packet, which was authentic, is one too many."""
        self._check(now)
        self._bucket.take()

    def _check(self, now: float) -> None:
        if not self._bucket.has_token(now):
            raise Malformed("peer.too_many_packets")
