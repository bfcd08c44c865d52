"""What the relay says in RTCP, and how it hears what browsers say.

Upstream it is a receiver: NACK, key frame requests, transport-wide feedback, receiver
reports. Downstream it is a sender: repairs on NACK, sender reports on its own clock.
"""

from collections.abc import Callable, Iterable

from media_relay.clocks import NtpClock, ntp_bits
from media_relay.engine import Engine
from media_relay.errors import Malformed
from media_relay.rtcp import (
    KeyFrameWanted,
    Nack,
    RoundTrip,
    SenderReport,
    TransportFeedback,
    parse_rtcp,
    write_nack,
    write_pli,
    write_receiver_report,
    write_sender_report,
)
from media_relay.transport import Transport

# Browsers ignore requests that follow a key frame sooner.
KEY_FRAME_SECONDS = 0.3
# Viewers without keys, or with bad lines, ask often; a key frame costs everybody.
VIEWER_KEY_FRAME_SECONDS = 1.0
# So many sender reports share a datagram, as RFC 3550 (6.1) recommends to mixers.
REPORTS_TOGETHER = 24


class Feedback:
    """RTCP of one node, in both directions."""

    def __init__(self, engine: Engine, find: Callable[[int], Transport | None]) -> None:
        self._engine = engine
        self._find = find
        self._ntp = NtpClock()
        self._asked: dict[tuple[int, int], float] = {}
        self._wanted: set[tuple[int, int]] = set()

    def hear(self, transport: Transport, data: bytes, now: float) -> None:
        """A peer's RTCP, unprotected but hostile."""
        try:
            messages = parse_rtcp(data)
        except Malformed:
            return
        wanted = set()
        for message in messages:
            if isinstance(message, SenderReport):
                if transport.sends(message.ssrc):
                    transport.clock.hear(message, now, self._ntp.at(now))
            elif isinstance(message, RoundTrip):
                transport.note_round_trip(message.seconds(self._ntp.at(now)))
            elif isinstance(message, TransportFeedback):
                transport.downlink.hear(message.data, now)
            elif isinstance(message, Nack):
                self._engine.resend(transport.peer, message.ssrc, list(message.sequences))
            elif isinstance(message, KeyFrameWanted):
                wanted.add(message.ssrc)
        self._want(transport.peer, wanted, now)

    def ask_key_frames(self, now: float) -> None:
        """Ask for every key frame that a leg or a viewer waits for, throttled per stream."""
        waiting = self._engine.waiting()
        self._ask(waiting, KEY_FRAME_SECONDS, now)
        self._ask(self._wanted - waiting, VIEWER_KEY_FRAME_SECONDS, now)

    def repair(self, transports: Iterable[Transport], now: float) -> None:
        """Ask publishers for what is missing."""
        holed = self._engine.holed()
        for transport in transports:
            if transport.peer not in holed:
                continue
            again = transport.repair_seconds
            for ssrc, sequences in self._engine.due_holes(transport.peer, now, again).items():
                self._engine.send_rtcp(transport.peer, write_nack(ssrc, sequences))

    def report_arrivals(self, transports: Iterable[Transport]) -> None:
        """Transport-wide feedback, every 100 ms."""
        for transport in transports:
            arrivals = self._engine.take_arrivals(transport.peer)
            if transport.feedback_ssrc is None:
                continue
            for packet in transport.feedback.write(arrivals, transport.feedback_ssrc):
                self._engine.send_rtcp(transport.peer, packet)

    def report(self, transports: Iterable[Transport], now: float) -> None:
        """Receiver and sender reports, about once a second."""
        for transport in transports:
            reception = self._engine.reception(transport.peer)
            transport.note_loss(max((each.fraction_lost for each in reception), default=0) / 256)
            if reception:
                echoes = transport.clock.echoes(now)
                self._engine.send_rtcp(transport.peer, write_receiver_report(reception, echoes))
            self._report_sent(transport, now)
        recent = now - VIEWER_KEY_FRAME_SECONDS
        self._asked = {key: at for key, at in self._asked.items() if at > recent}

    def _want(self, viewer: int, ssrcs: set[int], now: float) -> None:
        """Ask at once, without a look at every leg: what is left, the next beat asks for."""
        sources = (self._engine.source_of(viewer, ssrc) for ssrc in ssrcs)
        streams = {source for source in sources if source is not None}
        self._wanted |= streams
        self._ask(streams, VIEWER_KEY_FRAME_SECONDS, now)

    def _ask(self, streams: set[tuple[int, int]], pause: float, now: float) -> None:
        """Ask for a key frame of each of these (peer, SSRC) that was not asked in the pause."""
        for stream in streams:
            if now - self._asked.get(stream, -pause) < pause:
                continue
            peer, ssrc = stream
            self._asked[stream] = now
            self._wanted.discard(stream)
            self._engine.send_rtcp(peer, write_pli(ssrc))

    def _report_sent(self, viewer: Transport, now: float) -> None:
        ntp = self._ntp.at(now)
        reports = []
        for leg in self._engine.legs(viewer.peer):
            publisher = self._find(leg.source_peer)
            if publisher is None:
                continue
            timestamp = publisher.clock.timestamp_at(
                leg.source_ssrc, ntp, leg.clock_rate, since=leg.began_at
            )
            if timestamp is None:
                continue
            moved = (timestamp + leg.timestamp_shift) & 0xFFFFFFFF
            report = SenderReport(leg.ssrc, ntp_bits(ntp), moved)
            reports.append(write_sender_report(report, leg.packets, leg.octets))
        for first in range(0, len(reports), REPORTS_TOGETHER):
            together = b"".join(reports[first : first + REPORTS_TOGETHER])
            self._engine.send_rtcp(viewer.peer, together)
