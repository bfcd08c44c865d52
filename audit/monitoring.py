"""How far the log's evidence lags behind: two ages, for alarms, /metrics and /readyz."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connections
from prometheus_client import Gauge

OUTBOX_LATE = timedelta(minutes=1)
ANCHOR_LATE = timedelta(hours=3)

# The second: since when the log has been longer than what anybody outside holds.
AGES = """
SELECT coalesce(extract(epoch FROM clock_timestamp() -
                        (SELECT min(recorded_at) FROM audit.outbox)), 0)::float,
       coalesce(extract(epoch FROM clock_timestamp() -
                        (SELECT signed_at FROM audit.checkpoints
                         WHERE size > (SELECT coalesce(max(size), 0) FROM audit.anchors)
                         ORDER BY size LIMIT 1)), 0)::float
"""

OUTBOX_AGE = Gauge("quietroom_audit_outbox_age_seconds", "Age of the oldest entry without a leaf")
ANCHOR_AGE = Gauge("quietroom_audit_unanchored_seconds", "How long entries have had no anchor")


@dataclass(frozen=True, slots=True)
class Ages:
    """Both in seconds; 0 when nothing waits."""

    outbox: float
    unanchored: float

    def alarms(self) -> Iterator[str]:
        if self.outbox > OUTBOX_LATE.total_seconds():
            yield "audit.outbox_late"
        if self.unanchored > ANCHOR_LATE.total_seconds():
            yield "audit.anchor_late"


def ages(alias: str = "audit_reader") -> Ages:
    with connections[alias].cursor() as cursor:
        cursor.execute(AGES)
        return Ages(*cursor.fetchone())


def measure() -> None:
    """Sets the gauges; without the database they say that nothing is known."""
    try:
        found = ages()
    except DatabaseError:
        found = Ages(float("nan"), float("nan"))
    OUTBOX_AGE.set(found.outbox)
    ANCHOR_AGE.set(found.unanchored)


def notes() -> list[str]:
    """For /readyz: alarms, which are no reason to keep traffic away."""
    try:
        return list(ages().alarms())
    except DatabaseError:
        return ["audit.unreadable"]
