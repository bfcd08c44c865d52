"""Reads of the log, through the reader's role. Newest first, in pages that no new entry shifts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connections

from audit.events import Outcome, Ref

ALIAS = "audit_reader"

# Each branch walks one index backwards; an OR over actor and subject would walk none.
NEWEST = "ORDER BY recorded_at DESC, id DESC LIMIT %s"
OLDEST = "ORDER BY recorded_at, id LIMIT %s"
PAGE = "(SELECT recorded_at, id, body FROM audit.recorded WHERE {where} {newest})"
MERGED = "SELECT * FROM ({branches}) AS branches {newest}"
REFS = ("actor", "on_behalf", "object", "subject", "group", "session")
WORDS = ("act", "actor_role", "auth", "address", "device", "request", "reason", "details")
STATE = """
SELECT (SELECT max(size) FROM audit.checkpoints),
       (SELECT signed_at FROM audit.checkpoints ORDER BY size DESC LIMIT 1),
       (SELECT count(*) FROM audit.outbox),
       (SELECT min(recorded_at) FROM audit.outbox)
"""
ANCHOR = "SELECT sink, size, anchored_at FROM audit.anchors ORDER BY size DESC, id DESC LIMIT 1"
NUMBERS = "SELECT entry, index FROM audit.leaves WHERE entry = ANY(%s)"
# An entry's time is its partition: without it every month would be searched.
TIME_OF = """
SELECT recorded_at FROM audit.leaves WHERE entry = %s
UNION ALL SELECT recorded_at FROM audit.outbox WHERE entry = %s LIMIT 1
"""
ONE = "SELECT recorded_at, id, body FROM audit.recorded WHERE recorded_at = %s AND id = %s"
BY_HOUR = """
SELECT extract(hour FROM recorded_at AT TIME ZONE %s)::int, count(*) FROM audit.recorded
WHERE recorded_at >= %s AND recorded_at < %s GROUP BY 1
"""
REFUSED_BY_DAY = """
SELECT (recorded_at AT TIME ZONE %s)::date, count(*) FROM audit.recorded
WHERE outcome = %s AND recorded_at >= %s AND recorded_at < %s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the next one holds entries before it."""

    recorded_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.recorded_at.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Raises ValueError on anything that `str` did not make."""
        moment, _, entry = text.rpartition("_")
        recorded_at = datetime.fromisoformat(moment)
        if recorded_at.tzinfo is None:
            raise ValueError("a position has a time zone")
        return cls(recorded_at, UUID(entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as its body says it; references and codes only."""

    recorded_at: datetime
    id: UUID
    act: str
    outcome: Outcome
    actor: Ref | None
    actor_role: str
    on_behalf: Ref | None
    object: Ref | None
    subject: Ref | None
    group: Ref | None
    session: Ref | None
    auth: str
    address: str
    device: str
    request: str
    reason: str
    details: Mapping[str, Any]

    @property
    def position(self) -> Position:
        return Position(self.recorded_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """`person` is found as actor and as subject; `since` is included, `until` is not."""

    act: str = ""
    acts: tuple[str, ...] = ()
    outcome: str = ""
    person: Ref | None = None
    actor: Ref | None = None
    subject: Ref | None = None
    group: Ref | None = None
    session: Ref | None = None
    address: str = ""
    device: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogState:
    """`size` entries are signed for since `signed_at`; `waiting` are not yet."""

    size: int
    signed_at: datetime | None
    waiting: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True)
class NewestAnchor:
    """The first `size` entries are held by somebody outside."""

    sink: str
    size: int
    anchored_at: datetime


def entries(
    wanted: Filter,
    *,
    before: Position | None = None,
    after: Position | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Newest first; with `after` those that came next, oldest first."""
    conditions, values = _conditions(wanted, before, after)
    order = OLDEST if after is not None else NEWEST
    branches: list[str] = []
    parameters: list[Any] = []
    for person, ref in _people(wanted):
        where = " AND ".join([*conditions, *person]) or "true"
        branches.append(PAGE.format(where=where, newest=order))
        parameters += [*values, *ref, limit]
    found = MERGED.format(branches=" UNION ".join(branches), newest=order)
    return [_entry(*row) for row in _rows(found, *parameters, limit)]


def entry(pk: UUID) -> Entry | None:
    """None when the log never held it, or holds its body no longer."""
    for (recorded_at,) in _rows(TIME_OF, pk, pk):
        for row in _rows(ONE, recorded_at, pk):
            return _entry(*row)
    return None


def numbers(pks: Iterable[UUID]) -> dict[UUID, int]:
    """The leaf of each entry; those that still wait for theirs are left out."""
    return dict(_rows(NUMBERS, list(pks)))


def log_state() -> LogState:
    ((size, signed_at, waiting, oldest),) = _rows(STATE)
    return LogState(size or 0, signed_at, waiting, oldest)


def newest_anchor() -> NewestAnchor | None:
    return next((NewestAnchor(*row) for row in _rows(ANCHOR)), None)


def counts_by_hour(since: datetime, until: datetime, zone: str) -> dict[int, int]:
    """How many entries fell into each hour of the day, on the clocks of `zone`."""
    return dict(_rows(BY_HOUR, zone, since, until))


def counts_by_day(outcome: Outcome, since: datetime, until: datetime, zone: str) -> dict[date, int]:
    return dict(_rows(REFUSED_BY_DAY, zone, outcome.value, since, until))


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(query, list(values))
        return [tuple(row) for row in cursor.fetchall()]


def _conditions(
    wanted: Filter, before: Position | None, after: Position | None
) -> tuple[list[str], list[Any]]:
    """Only columns of `audit.entries`: each has an index that ends in the time."""
    asked: list[tuple[str, Any]] = [
        ("act = %s", wanted.act),
        ("act = ANY(%s)", list(wanted.acts)),
        ("outcome = %s", wanted.outcome),
        ("actor = %s", wanted.actor and str(wanted.actor)),
        ("subject = %s", wanted.subject and str(wanted.subject)),
        ('"group" = %s', wanted.group and str(wanted.group)),
        ("session = %s", wanted.session and str(wanted.session)),
        ("address = %s", wanted.address),
        ("device = %s", wanted.device),
        ("recorded_at >= %s", wanted.since),
        ("recorded_at < %s", wanted.until),
    ]
    conditions = [condition for condition, value in asked if value]
    values = [value for _, value in asked if value]
    for sign, position in (("<", before), (">", after)):
        if position is not None:
            conditions.append(f"(recorded_at, id) {sign} (%s, %s)")
            values += [position.recorded_at, position.id]
    return conditions, values


def _people(wanted: Filter) -> list[tuple[list[str], list[str]]]:
    if wanted.person is None:
        return [([], [])]
    person = str(wanted.person)
    return [(["actor = %s"], [person]), (["subject = %s"], [person])]


def _entry(recorded_at: datetime, entry: UUID, body: bytes) -> Entry:
    said = json.loads(bytes(body))
    told: dict[str, Any] = {name: _ref(said[name]) for name in REFS}
    told |= {name: said[name] for name in WORDS}
    return Entry(recorded_at=recorded_at, id=entry, outcome=Outcome(said["outcome"]), **told)


def _ref(text: str | None) -> Ref | None:
    """Ids that are UUIDs come back as UUIDs, so that they compare with rows' keys."""
    if text is None:
        return None
    kind, _, found = text.partition(":")
    try:
        return Ref(kind, UUID(found))
    except ValueError:
        return Ref(kind, found)
