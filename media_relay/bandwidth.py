"""How much the line to one viewer carries, from its transport-wide feedback.

Delay first, loss second, as in draft-ietf-rmcat-gcc-02, but on one digest per feedback instead
of single packets: a queue is what the fastest packet of a digest waited longer than the
fastest of the last seconds. All rates are bits per second on the wire.
"""

from collections import deque
from dataclasses import dataclass

from media_relay.departures import PathReport

# SRTP's tag, UDP and IPv4: what the line carries beside the RTP packet.
OVERHEAD_OCTETS = 16 + 8 + 20
# Before the first feedback: sound and one small picture.
FIRST_ESTIMATE = 300_000.0
LEAST = 50_000.0
MOST = 50_000_000.0
# What the line carried is measured over this long; shorter sees single frames.
WINDOW_SECONDS = 0.5
LOSS_SECONDS = 2.0
# Browsers send 20 feedbacks a second; of more, only the newest are remembered.
MOST_HEARD = 128
# A line that queues longer than this is full; Wi-Fi's own jitter stays below.
FULL_SECONDS = 0.060
CLEAR_SECONDS = 0.020
# Loss below this is the radio's, and repaired; more of it is a full line without a queue.
FULL_LOSS = 0.15
LOSS_PACKETS = 40
BACK_OFF = 0.85
BETWEEN_DECREASES = 0.5
GROWTH_PER_SECOND = 0.06
# The fastest trip is remembered for one to two of these: routes change.
BASE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Heard:
    at: float
    bits: float
    received: int
    lost: int


class BandwidthEstimate:
    """The estimate for one viewer; `hear` moves it."""

    def __init__(self) -> None:
        self.bits_per_second = FIRST_ESTIMATE
        self.queue_seconds = 0.0
        self.is_full = False
        self._heard: deque[_Heard] = deque(maxlen=MOST_HEARD)
        self._base: int | None = None
        self._next_base: int | None = None
        self._base_at = 0.0
        self._decreased_at = 0.0
        self._queued = 0

    @property
    def is_measured(self) -> bool:
        """True once the viewer has sent feedback: otherwise nothing is known of its line."""
        return self._base is not None

    @property
    def carried(self) -> float:
        """What came through lately."""
        if not self._heard:
            return 0.0
        last = self._heard[-1].at
        window = [each for each in self._heard if last - each.at <= WINDOW_SECONDS]
        span = last - window[0].at
        # The first of the window says what came before it began.
        return sum(each.bits for each in window[1:]) / span if span > 0.1 else 0.0

    @property
    def lost(self) -> int:
        """How many packets never came, lately."""
        return max(0, sum(each.lost for each in self._heard))

    @property
    def loss(self) -> float:
        """The same as a share."""
        received, lost = sum(each.received for each in self._heard), self.lost
        return lost / (received + lost) if received + lost >= LOSS_PACKETS else 0.0

    def hear(self, report: PathReport, now: float) -> None:
        """One feedback's digest."""
        bits = 8.0 * (report.octets + OVERHEAD_OCTETS * report.received)
        lost = report.lost - report.recovered
        self._heard.append(_Heard(now, bits, report.received, lost))
        while now - self._heard[0].at > LOSS_SECONDS:
            self._heard.popleft()
        if report.received:
            self._measure_queue(report.least_delay, now)
        # Once may be a hiccup of either machine.
        self._queued = self._queued + 1 if self.queue_seconds > FULL_SECONDS else 0
        self.is_full = self._queued > 1 or self.loss > FULL_LOSS
        if self.is_full:
            self._decrease(now)
        else:
            self._grow(now)

    def raise_to(self, bits_per_second: float) -> None:
        """A probe has shown that the line carries this much."""
        self.bits_per_second = min(MOST, max(self.bits_per_second, bits_per_second))

    def _measure_queue(self, least_delay: int, now: float) -> None:
        if self._base is None or self._next_base is None or now - self._base_at > BASE_SECONDS:
            self._base = least_delay if self._next_base is None else self._next_base
            self._next_base, self._base_at = least_delay, now
        self._base = min(self._base, least_delay)
        self._next_base = min(self._next_base, least_delay)
        self.queue_seconds = (least_delay - self._base) / 1_000_000

    def _decrease(self, now: float) -> None:
        carried = self.carried
        if not carried or now - self._decreased_at < BETWEEN_DECREASES:
            return
        self._decreased_at = now
        self.bits_per_second = max(LEAST, min(self.bits_per_second, BACK_OFF * carried))

    def _grow(self, now: float) -> None:
        """Only what the line is seen to carry is believed: an idle line proves nothing."""
        carried = self.carried
        if self.queue_seconds > CLEAR_SECONDS or len(self._heard) < 2:
            return
        if carried > 0.8 * self.bits_per_second:
            elapsed = min(0.5, now - self._heard[-2].at)
            self.bits_per_second *= 1 + GROWTH_PER_SECOND * elapsed
        self.raise_to(carried)
