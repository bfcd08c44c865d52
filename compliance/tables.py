"""Entries as a table that spreadsheets open, with nothing in it that they would calculate."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC
from zoneinfo import ZoneInfo

from compliance.queries.explorer import Line
from office.tables import guarded

HEAD = (
    *("number", "time_utc", "time_local", "what", "outcome", "group", "session", "reason"),
    *("known_by", "address", "browser", "act", "entry"),
)


def csv_of(lines: Iterable[Line], zone: ZoneInfo) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows([guarded(cell) for cell in _row(line, zone)] for line in lines)
    return out.getvalue()


def _row(line: Line, zone: ZoneInfo) -> tuple[str, ...]:
    entry = line.entry
    return (
        "" if line.number is None else str(line.number),
        entry.recorded_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        entry.recorded_at.astimezone(zone).isoformat(timespec="milliseconds"),
        line.sentence,
        line.outcome,
        line.group.words if line.group else "",
        line.session.words if line.session else "",
        line.reason,
        line.strength,
        entry.address,
        entry.device,
        entry.act,
        str(entry.id),
    )
