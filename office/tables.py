"""Tables that spreadsheets open, with nothing in them that a spreadsheet would calculate."""

import csv
import io
from collections.abc import Iterable

from office.queries.numbers import COUNTED, Row

# A cell that begins so is a formula to a spreadsheet, wherever it came from.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HEAD = ("group", "group_id", "paper", "version", "asked", *(one.value for one in COUNTED))


def csv_of(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([guarded(str(cell)) for cell in row] for row in rows)
    return out.getvalue()


def numbers_csv(rows: Iterable[Row]) -> str:
    """One line for each paper of each group; groups that do not use a paper have none."""
    used = (
        (row.group, cell, cell.version)
        for row in rows
        for cell in row.cells
        if cell.version is not None
    )
    lines = (
        (group.name, group.pk, cell.kind, version.number, cell.asked, *cell.numbers)
        for group, cell, version in used
    )
    return csv_of(HEAD, lines)


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
