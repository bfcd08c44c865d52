"""Tables and the closing figures of the relay's bench."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.relay_load.measure import Run

HEAD = (
    f"{'rooms':<7}{'server':<16}{'µs/packet':>10}{'spread':>17}{'cores':>7}{'lost %':>8}"
    f"{'corrupt':>9}{'median ms':>11}{'p99 ms':>8}{'runs':>6}"
)


def line(runs: Sequence[Run]) -> str:
    """Several runs of one server in one shape: medians, and the spread of what is compared."""
    costs = sorted(run.microseconds_per_packet for run in runs)
    spread = f"{costs[0]:.2f} to {costs[-1]:.2f}"
    return (
        f"{runs[0].shape:<7}{runs[0].system:<16}{statistics.median(costs):>10.2f}{spread:>17}"
        f"{_median(run.cores for run in runs):>7.2f}"
        f"{100 * _median(run.lost_share for run in runs):>8.2f}"
        f"{sum(run.corrupt for run in runs):>9}"
        f"{_median(run.median_ms for run in runs):>11.2f}"
        f"{_median(run.p99_ms for run in runs):>8.1f}{len(runs):>6}"
    )


def of(runs: Iterable[Run], system: str, shape: str) -> list[Run]:
    return [run for run in runs if (run.system, run.shape) == (system, shape)]


def ratio(runs: Sequence[Run], system: str, other: str, shape: str) -> float | None:
    """Packets per CPU second against another server's: the median of the rounds' own ratios."""
    return middle(ratios(of(runs, system, shape), of(runs, other, shape)))


def ratios(ours: Sequence[Run], theirs: Sequence[Run]) -> list[float]:
    """Packets per CPU second against theirs, pair by pair; without pairs that are not whole."""
    return [
        our.packets_per_cpu_second / their.packets_per_cpu_second
        for our, their in zip(ours, theirs, strict=False)
        if our.is_whole and their.is_whole
    ]


def middle(found: Sequence[float]) -> float | None:
    return round(statistics.median(found), 2) if found else None


def quartiles(found: Sequence[float]) -> tuple[float, float] | None:
    """Between them lies the middle half; None for too few."""
    if len(found) < 4:
        return None
    lower, _, upper = statistics.quantiles(found, n=4)
    return round(lower, 2), round(upper, 2)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was held more under load than before anybody came, in KiB.

    A `seat` from rooms of four and sixteen, a `room_of_8` with its members from two of them. What a
    room takes beside its seats is below what one process can tell from another.
    """

    seat: int
    room_of_8: int


def memory(runs: Sequence[Run], system: str) -> Memory | None:
    """None unless all three shapes were measured."""
    shapes = [of(runs, system, shape) for shape in ("1x4", "1x16", "2x8")]
    if not all(shapes):
        return None
    small, wide, two = (_median(run.loaded_kib - run.idle_kib for run in each) for each in shapes)
    return Memory(seat=round((wide - small) / 12), room_of_8=round(two / 2))


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
