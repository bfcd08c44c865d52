"""The matrix of groups and papers as bars for an SVG, and the same numbers for a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from consent.kinds import DocumentKind
from consent.standing import Standing
from office.queries.numbers import COUNTED, Cell, Row

WIDTH = 120
HEIGHT = 14
WORDS = {
    Standing.CURRENT: "signed",
    Standing.DUE: "due again",
    Standing.MISSING: "not signed",
    Standing.EXPIRED: "expired",
    Standing.WITHDRAWN: "withdrawn",
}
# For the heads of columns, where the whole name does not fit.
SHORT = {
    DocumentKind.CONFIDENTIALITY: "Agreement",
    DocumentKind.GROUND_RULES: "Rules",
    DocumentKind.TELEHEALTH: "Video",
    DocumentKind.PRIVACY_NOTICE: "Notice",
    DocumentKind.PART2: "Sharing",
    DocumentKind.THERAPIST: "Leaders",
    DocumentKind.OBSERVER: "Observers",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a bar."""

    standing: Standing
    count: int
    x: float
    width: float

    @property
    def words(self) -> str:
        return f"{self.count} {WORDS[self.standing]}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One cell: a bar as wide as the share of each standing, and its numbers in words."""

    cell: Cell
    parts: tuple[Part, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def words(self) -> str:
        return ", ".join(part.words for part in self.parts)

    @property
    def short(self) -> str:
        return SHORT[self.cell.kind]


@dataclass(frozen=True, slots=True)
class Line:
    row: Row
    cells: tuple[Drawn, ...]

    @property
    def used(self) -> list[Drawn]:
        return [drawn for drawn in self.cells if drawn.cell.version is not None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`kinds` are those that at least one group uses."""

    kinds: list[DocumentKind]
    lines: list[Line]
    totals: dict[Standing, int]

    @property
    def heads(self) -> list[tuple[str, str]]:
        return [(SHORT[kind], str(kind.label)) for kind in self.kinds]

    @property
    def legend(self) -> list[tuple[Standing, str, int]]:
        return [(one, WORDS[one].capitalize(), self.totals[one]) for one in COUNTED]


def matrix_of(rows: Iterable[Row], kinds: list[DocumentKind]) -> Matrix:
    rows = list(rows)
    used = {cell.kind for row in rows for cell in row.cells if cell.version is not None}
    shown = [kind for kind in kinds if kind in used]
    lines = [
        Line(row, tuple(_drawn(cell) for cell in row.cells if cell.kind in shown)) for row in rows
    ]
    cells = [drawn.cell for line in lines for drawn in line.cells]
    return Matrix(shown, lines, {one: sum(c.counts.get(one, 0) for c in cells) for one in COUNTED})


def _drawn(cell: Cell) -> Drawn:
    parts: list[Part] = []
    x = 0.0
    for standing in COUNTED:
        count = cell.counts.get(standing, 0)
        if count:
            width = WIDTH * count / cell.asked
            parts.append(Part(standing, count, round(x, 2), round(width, 2)))
            x += width
    return Drawn(cell, tuple(parts))
