"""One SSRC as the relay receives it: the ring of packets, its holes, its loss and jitter."""

from dataclasses import dataclass

from media_relay.rtp import MARKER, RtpPacket, extend
from media_relay.vp8 import Descriptor, describe

# At 2.5 Mbit/s video runs at about 300 packets a second: 1.7 s to answer a NACK from.
VIDEO_RING = 512
AUDIO_RING = 128
# A gap wider than this is a restart of the sender, not loss: nobody could repair it.
MAX_GAP = 128
# Most reordering settles within this; then the first NACK goes out.
REORDER_SECONDS = 0.010
MAX_ASKS = 8
# A stream silent for longer has nothing to make a key frame of: two frames at 5 per second.
SILENT_SECONDS = 0.5
# So young a key frame begins a leg that shows nothing yet; what came since follows it at once.
FRESH_SECONDS = 0.3
# By the fastest packet of so long it is judged how late another is; clocks hardly drift in it.
WINDOW_SECONDS = 2.0
# Later than this is no delay but a clock that was set anew.
LATEST_SECONDS = 1.0
# Sequence numbers are counted from here, so that none ever falls below zero.
_ORIGIN = 1 << 16
# Half of what an RTP timestamp counts before it wraps, and all of it.
HALF_WRAP, WRAP = float(1 << 31), float(1 << 32)


@dataclass(slots=True)
class Received:
    """A packet in its place: `position` is the sequence number that never wraps.

    Its payload of so many `octets` is cut where every viewer has counters of its own: into what
    the descriptor holds, and the `rest`, which goes to all of them as it came. `marker` is the
    bit in its place. `at` is when it would have come had nothing delayed it: a key frame takes
    longer to make and to send than what follows it.
    """

    position: int
    timestamp: int
    at: float
    marker: int
    octets: int
    descriptor: Descriptor | None
    rest: bytes

    @property
    def starts_key_frame(self) -> bool:
        return self.descriptor is not None and self.descriptor.starts_key_frame


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """The figures of a receiver report block (RFC 3550, section 6.4.1)."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int


@dataclass(slots=True)
class _Hole:
    ask_at: float
    asks: int = 0


class Inbound:
    """MUST accept each sequence number once: a leg gives every accepted packet out, and the
    same number with other bytes would break the viewer's GCM key."""

    def __init__(self, *, ssrc: int, clock_rate: int, is_video: bool, repairs: bool) -> None:
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        self.is_video = is_video
        self._size = VIDEO_RING if is_video else AUDIO_RING
        self._ring: list[Received | None] = [None] * self._size
        self._repairs = repairs
        self._holes: dict[int, _Hole] = {}
        self._first = 0
        self._restart = 0
        self._highest = 0
        self._received = 0
        self._octets = 0
        self._media_at = -SILENT_SECONDS
        self._key_position = 0
        self._key_at = 0.0
        self._jitter = 0.0
        self._transit = 0.0
        self._fastest = 0.0
        self._fastest_before = 0.0
        self._window_at = 0.0
        self._reported = (0, 0)

    @property
    def highest(self) -> int:
        """The position of the newest packet; 0 before the first."""
        return self._highest

    @property
    def restart(self) -> int:
        """The position with which the sender last began anew; nothing before it counts."""
        return self._restart

    @property
    def received(self) -> tuple[int, int]:
        """How many packets and octets of payload were accepted."""
        return self._received, self._octets

    def accept(self, packet: RtpPacket, now: float, *, repaired: bool = False) -> Received | None:
        """The packet in its place; None when it came before, or too late to be told."""
        position = extend(packet.sequence, self._highest or _ORIGIN + packet.sequence)
        if not self._highest:
            self._first = position
        elif position < max(self._restart, self._highest - self._size + 1):
            return None
        index = position % self._size
        held = self._ring[index]
        if held is not None and held.position >= position:
            return None
        at = self._on_time(packet.timestamp, now, repaired=repaired)
        received = self._ring[index] = self._place(packet, position, at)
        self._received += 1
        self._octets += received.octets
        if received.octets:
            self._media_at = now
        if received.starts_key_frame and position > self._key_position:
            self._key_position, self._key_at = position, now
        self._advance(position, now)
        return received

    @property
    def has_holes(self) -> bool:
        """True while something is missing that may be asked for."""
        return bool(self._holes)

    def is_flowing(self, now: float) -> bool:
        """True while media, not only padding, comes in."""
        return now - self._media_at < SILENT_SECONDS

    def fresh_key(self, now: float) -> Received | None:
        """The packet that starts the newest key frame; None if that came long ago."""
        is_fresh = now - self._key_at < FRESH_SECONDS and self._key_position >= self._restart
        return self.at(self._key_position) if is_fresh else None

    def at(self, position: int) -> Received | None:
        """The packet of this position, while the ring still holds it."""
        held = self._ring[position % self._size]
        return held if held is not None and held.position == position else None

    def since(self, position: int) -> list[Received]:
        """All held packets after this position, in order."""
        start = max(position + 1, self._highest - self._size + 1)
        held = (self.at(place) for place in range(start, self._highest + 1))
        return [received for received in held if received is not None]

    def due_holes(self, now: float, again: float) -> list[int]:
        """The sequence numbers to ask the sender for, now; each anew after `again` seconds."""
        due = []
        for position, hole in list(self._holes.items()):
            if hole.asks >= MAX_ASKS or position <= self._highest - self._size:
                del self._holes[position]
            elif hole.ask_at <= now:
                hole.asks += 1
                hole.ask_at = now + again
                due.append(position & 0xFFFF)
        return due

    def report(self) -> ReceptionReport | None:
        """Loss since the last report and in all, None before the first packet."""
        if not self._highest:
            return None
        expected = self._highest - self._first + 1
        lost = expected - self._received
        expected_before, received_before = self._reported
        self._reported = (expected, self._received)
        interval = expected - expected_before
        lost_now = interval - (self._received - received_before)
        fraction = min(255, (lost_now << 8) // interval) if interval > 0 < lost_now else 0
        return ReceptionReport(
            self.ssrc,
            fraction,
            max(-(1 << 23), min(lost, (1 << 23) - 1)),
            (self._highest - _ORIGIN) & 0xFFFFFFFF,
            int(self._jitter) & 0xFFFFFFFF,
        )

    def _place(self, packet: RtpPacket, position: int, at: float) -> Received:
        payload = packet.payload
        descriptor = describe(payload) if self.is_video else None
        rest = payload[descriptor.end :] if descriptor is not None else payload
        marker = MARKER if packet.marker else 0
        return Received(position, packet.timestamp, at, marker, len(payload), descriptor, rest)

    def _advance(self, position: int, now: float) -> None:
        if position <= self._highest:
            self._holes.pop(position, None)
            return
        gap = position - self._highest - 1
        if self._highest and gap > MAX_GAP:
            self._holes.clear()
            self._restart = position
            # What nobody will repair counts as never expected.
            self._first += gap
        elif self._highest and self._repairs:
            for missing in range(self._highest + 1, position):
                self._holes[missing] = _Hole(now + REORDER_SECONDS)
        self._highest = position

    def _on_time(self, timestamp: int, now: float, *, repaired: bool) -> float:
        before = self._transit
        # Unwrapped: the one nearest to the transit of the packet before.
        ahead = (now * self.clock_rate - timestamp - before + HALF_WRAP) % WRAP - HALF_WRAP
        transit = before + ahead
        if not repaired:
            self._measure_jitter(ahead)
            self._transit = transit
            self._note_fastest(transit, now)
        late = (transit - min(self._fastest, self._fastest_before)) / self.clock_rate
        return now - late if 0 < late < LATEST_SECONDS else now

    def _note_fastest(self, transit: float, now: float) -> None:
        if now - self._window_at >= WINDOW_SECONDS:
            is_first = not self._window_at
            self._fastest_before = transit if is_first else self._fastest
            self._fastest, self._window_at = transit, now
        elif transit < self._fastest:
            self._fastest = transit

    def _measure_jitter(self, ahead: float) -> None:
        """Interarrival jitter, RFC 3550, A.8."""
        if self._transit:
            self._jitter += (abs(ahead) - self._jitter) / 16
