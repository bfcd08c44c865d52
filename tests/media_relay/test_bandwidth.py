"""The estimate and the probes, against a line of known width."""

from dataclasses import dataclass, field

import pytest

from media_relay.bandwidth import MOST_HEARD, OVERHEAD_OCTETS, BandwidthEstimate
from media_relay.departures import PathReport
from media_relay.probing import PROBE_BITS, Prober

STEP = 0.1


@dataclass
class Line:
    """A queue before a bottleneck: what is offered comes later, or not at all."""

    width: float
    loss: float = 0.0
    estimate: BandwidthEstimate = field(default_factory=BandwidthEstimate)
    now: float = 10.0
    queued: float = 0.0
    worst: float = 0.0

    def carry(self, bits_per_second: float, seconds: float = STEP) -> None:
        """Offer this much for so long, and hear of it every 100 ms."""
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            offered = self.queued + bits_per_second * (1 - self.loss) * STEP
            carried = min(offered, self.width * STEP)
            waited = self.queued / self.width
            self.queued = offered - carried
            self.worst = max(self.worst, waited)
            packets = max(1, round(carried / 8000))
            lost = round(packets * self.loss / (1 - self.loss))
            octets = int(carried / 8) - OVERHEAD_OCTETS * packets
            delay = int(1_000_000 * (0.030 + waited))
            report = PathReport(packets, lost, 0, octets, 0, 0, 0, 0, delay, delay)
            self.estimate.hear(report, self.now)


def test_a_full_line_is_seen_within_a_second_and_left_to_drain() -> None:
    line = Line(width=450e3)
    line.carry(300e3, 3)
    assert not line.estimate.is_full
    line.carry(900e3, 1)
    assert line.estimate.is_full
    assert 250e3 < line.estimate.bits_per_second < 450e3
    line.carry(250e3, 4)
    assert not line.estimate.is_full
    assert 250e3 < line.estimate.bits_per_second < 450e3


def test_an_idle_line_is_not_believed_to_be_wide() -> None:
    line = Line(width=10e6)
    line.carry(100e3, 60)
    assert line.estimate.bits_per_second <= 300e3


def test_a_line_that_is_used_is_believed() -> None:
    line = Line(width=10e6)
    line.carry(2e6, 2)
    assert line.estimate.bits_per_second > 1.9e6


def test_ten_per_cent_of_stray_loss_is_no_congestion() -> None:
    stray, heavy = Line(width=10e6, loss=0.10), Line(width=10e6, loss=0.30)
    for line in (stray, heavy):
        line.carry(1e6, 5)
    assert not stray.estimate.is_full
    assert stray.estimate.bits_per_second > 0.85e6
    assert heavy.estimate.is_full


def test_one_slow_report_is_a_hiccup() -> None:
    line = Line(width=10e6)
    line.carry(1e6, 2)
    before = line.estimate.bits_per_second
    line.estimate.hear(PathReport(20, 0, 0, 9000, 0, 0, 0, 0, 400_000, 400_000), line.now + STEP)
    assert not line.estimate.is_full
    assert line.estimate.bits_per_second == before


def probe(line: Line, *, sending: float, needed: float, seconds: float) -> float:
    """Let a prober work on the line; returns how long until the need was met, or infinity."""
    prober, began = Prober(), line.now
    line.carry(sending, 1)
    while line.now - began < seconds:
        ticks = 5
        padding = 0
        for tick in range(ticks):
            padding += prober.due(
                line.estimate, sending=sending, needed=needed, now=line.now + tick * STEP / ticks
            )
        line.carry(sending + padding * PROBE_BITS / STEP)
        if line.estimate.bits_per_second >= needed:
            return line.now - began
    return float("inf")


def test_a_wide_line_is_found_wide_in_time() -> None:
    assert probe(Line(width=3e6), sending=130e3, needed=1.2e6, seconds=10) < 5


@pytest.mark.parametrize("width", [150e3, 450e3])
def test_probes_of_a_narrow_line_are_few_and_gentle(width: float) -> None:
    line = Line(width=width)
    assert probe(line, sending=0.85 * width, needed=3 * width, seconds=60) == float("inf")
    assert line.worst < 0.35


def test_nobody_is_probed_who_needs_no_more_or_says_nothing() -> None:
    quiet, prober = BandwidthEstimate(), Prober()
    assert not any(
        prober.due(quiet, sending=1e5, needed=1e6, now=index / 50) for index in range(100)
    )
    line = Line(width=3e6)
    line.carry(1e6, 2)
    for index in range(100):
        assert not prober.due(line.estimate, sending=1e6, needed=9e5, now=line.now + index / 50)


def test_a_viewer_cannot_make_the_relay_remember_without_end() -> None:
    estimate = BandwidthEstimate()
    for count in range(1, 10 * MOST_HEARD):
        estimate.hear(PathReport(0, 1, 0, 0, 0, 0, 0, 0, 0, 0), 10.0)
        assert estimate.lost == min(count, MOST_HEARD)
