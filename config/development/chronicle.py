"""Entries of the past for the demo and for tests: the only place that writes beside audit.append.

It needs the owner of the log and a log that was never sequenced, so it can tell stories about a
demo and cannot rewrite a real one. The entries go in front of those that wait for the sequencer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections, transaction

from audit import body, roles
from audit.context import Origin
from audit.events import Event

PARTITION = """
CREATE TABLE IF NOT EXISTS audit.entries_{month:%Y_%m} PARTITION OF audit.entries
FOR VALUES FROM ('{month:%Y-%m-01} 00:00+00') TO ('{end:%Y-%m-01} 00:00+00')
"""
PROTECT = "SELECT audit.protect('audit.entries_{month:%Y_%m}'::regclass)"
KNOWN = "SELECT to_regclass('audit.entries_{month:%Y_%m}') IS NOT NULL"
WAITING = """
INSERT INTO audit.outbox (position, entry, recorded_at, body) OVERRIDING SYSTEM VALUE
VALUES (%s, %s, %s, %s)
"""


class NotEmpty(Exception):
    """The log has leaves: what comes in front of them would be a forgery."""


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    event: Event
    origin: Origin
    id: UUID = field(default_factory=uuid4)

    @property
    def stored(self) -> bytes:
        """The body as audit.append would have stored it."""
        moment = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        stamp = f'{{"at":"{moment}","id":"{self.id}",'.encode()
        return stamp + body.encode(self.event, self.origin)[1:]


def write(told: Iterable[Told]) -> int:
    """Oldest first, whatever the order they are given in. Raises NotEmpty."""
    if settings.MODE == "production":
        raise RuntimeError("the past of a real log is written by nobody")
    ordered = sorted(told, key=lambda one: one.at)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audit.leaves)")
        if cursor.fetchone()[0]:
            raise NotEmpty
        cursor.execute(f"SET LOCAL ROLE {roles.OWNER}")
        for month in sorted({one.at.astimezone(UTC).date().replace(day=1) for one in ordered}):
            cursor.execute(KNOWN.format(month=month))
            if not cursor.fetchone()[0]:
                end = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
                cursor.execute(PARTITION.format(month=month, end=end))
                cursor.execute(PROTECT.format(month=month))
        cursor.execute("SELECT coalesce(min(position), 0) FROM audit.outbox")
        first = min(0, cursor.fetchone()[0]) - len(ordered)
        places = [(first + n, one.id, one.at, one.stored) for n, one in enumerate(ordered)]
        cursor.executemany(WAITING, places)
    return len(ordered)
