"""Bars as numbers for an SVG that the server draws; the same numbers stand in a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

WIDTH = 400
HEIGHT = 184
TOP = 14
BASE = 152
GAP = 0.28


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands below when there is room for it; `name` says in words what it counts."""

    name: str
    label: str
    count: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """`title` and `summary` are its words for those who do not see it."""

    id: str
    title: str
    summary: str
    what: str
    bars: list[Bar]
    top: int
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE
    ceiling: int = TOP

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Count:
    name: str
    label: str
    count: int


def picture(
    id: str, title: str, what: str, counts: Sequence[Count], *, when: str = "on"
) -> Picture:
    """`what` names the first column of its table; `when` comes before the name of a bar."""
    top = round_up(max((one.count for one in counts), default=0))
    step = WIDTH / max(len(counts), 1)
    bars = [_bar(one, place * step, step, top) for place, one in enumerate(counts)]
    most = max(counts, key=lambda one: one.count, default=None)
    total = sum(one.count for one in counts)
    summary = "None in this time."
    if most is not None and most.count:
        summary = f"{total} in all, {most.count} of them {when} {most.name}."
    return Picture(id, title, summary, what, bars, top)


def _bar(one: Count, left: float, step: float, top: int) -> Bar:
    height = (BASE - TOP) * one.count / top
    gap = step * GAP
    return Bar(
        one.name,
        one.label,
        one.count,
        round(left + gap / 2, 1),
        round(BASE - height, 1),
        round(step - gap, 1),
        round(height, 1),
    )


def round_up(count: int) -> int:
    """The next 1, 2 or 5 of a power of ten: what the scale ends with."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if count <= factor * step:
                return ceil(factor * step)
        step *= 10
