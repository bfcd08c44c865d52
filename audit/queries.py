"""Reads of the log, through the reader's role. Newest first, in pages that no new entry shifts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from audit.events import Outcome, Ref

ALIAS = "audit_reader"

# Each branch walks one index backwards; an OR over actor and subject would walk none.
NEWEST = "ORDER BY recorded_at DESC, id DESC LIMIT %s"
PAGE = "(SELECT recorded_at, id, body FROM audit.entries WHERE {where} {newest})"
MERGED = "SELECT * FROM ({branches}) AS branches {newest}"
REFS = ("actor", "on_behalf", "object", "subject", "group", "session")
WORDS = ("act", "actor_role", "auth", "address", "device", "request", "reason", "details")
STATE = """
SELECT (SELECT max(size) FROM audit.checkpoints),
       (SELECT max(signed_at) FROM audit.checkpoints),
       (SELECT count(*) FROM audit.outbox),
       (SELECT min(recorded_at) FROM audit.outbox)
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
    """`person` is found as actor and as subject."""

    act: str = ""
    outcome: str = ""
    person: Ref | None = None
    session: Ref | None = None


@dataclass(frozen=True, slots=True)
class LogState:
    """`size` entries are signed for since `signed_at`; `waiting` are not yet."""

    size: int
    signed_at: datetime | None
    waiting: int
    oldest_waiting: datetime | None


def entries(wanted: Filter, *, before: Position | None = None, limit: int = 50) -> list[Entry]:
    conditions, values = _conditions(wanted, before)
    branches: list[str] = []
    parameters: list[Any] = []
    for person, ref in _people(wanted):
        where = " AND ".join([*conditions, *person]) or "true"
        branches.append(PAGE.format(where=where, newest=NEWEST))
        parameters += [*values, *ref, limit]
    found = MERGED.format(branches=" UNION ".join(branches), newest=NEWEST)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(found, [*parameters, limit])
        return [_entry(*row) for row in cursor.fetchall()]


def log_state() -> LogState:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(STATE)
        size, signed_at, waiting, oldest = cursor.fetchone()
    return LogState(size or 0, signed_at, waiting, oldest)


def _conditions(wanted: Filter, before: Position | None) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column, value in (
        ("act", wanted.act),
        ("outcome", wanted.outcome),
        ("session", wanted.session),
    ):
        if value:
            conditions.append(f"{column} = %s")
            values.append(str(value))
    if before is not None:
        conditions.append("(recorded_at, id) < (%s, %s)")
        values += [before.recorded_at, before.id]
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
