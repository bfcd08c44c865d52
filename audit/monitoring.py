"""How far the log's evidence lags behind, for alarms, /metrics, /readyz and the desk.

Each anchor has an age of its own: one that has failed for days must not hide behind another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connections
from prometheus_client import Gauge

OUTBOX_LATE = timedelta(minutes=1)
ANCHOR_LATE = timedelta(hours=3)
HOURS_TOLD_AS_DAYS = 48

# The second: since when the log has been longer than what anybody outside holds.
AGES = """
SELECT coalesce(extract(epoch FROM clock_timestamp() -
                        (SELECT min(recorded_at) FROM audit.outbox)), 0)::float,
       coalesce(extract(epoch FROM clock_timestamp() -
                        (SELECT signed_at FROM audit.checkpoints
                         WHERE size > (SELECT coalesce(max(size), 0) FROM audit.anchors)
                         ORDER BY size LIMIT 1)), 0)::float
"""
# Since when the log has been longer than what each anchor holds, but not before it was asked.
SINKS = """
SELECT asked.name,
       CASE WHEN missed.signed_at IS NULL THEN 0
            ELSE extract(epoch FROM clock_timestamp() - greatest(asked.since, missed.signed_at))
       END::float
FROM (SELECT DISTINCT ON (name) name, is_asked, since FROM audit.sinks ORDER BY name, id DESC)
    AS asked
LEFT JOIN LATERAL (
    SELECT signed_at FROM audit.checkpoints
    WHERE size > (SELECT coalesce(max(size), 0) FROM audit.anchors WHERE sink = asked.name)
    ORDER BY size LIMIT 1) AS missed ON true
WHERE asked.is_asked ORDER BY asked.name
"""

OUTBOX_AGE = Gauge("quietroom_audit_outbox_age_seconds", "Age of the oldest entry without a leaf")
ANCHOR_AGE = Gauge("quietroom_audit_unanchored_seconds", "How long entries have had no anchor")
SINK_AGE = Gauge(
    "quietroom_audit_anchor_behind_seconds", "How long an anchor has missed entries", ["sink"]
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """`sink` is empty where no single anchor is meant."""

    code: str
    words: str
    sink: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.words}"


@dataclass(frozen=True, slots=True)
class Ages:
    """In seconds; 0 when nothing waits. `sinks` has each anchor that is asked, by its name."""

    outbox: float
    unanchored: float
    sinks: dict[str, float]

    def alarms(self) -> Iterator[Alarm]:
        if self.outbox > OUTBOX_LATE.total_seconds():
            words = f"Entries have waited for their signature for {_told(self.outbox)}."
            yield Alarm("audit.outbox_late", words)
        if self.unanchored > ANCHOR_LATE.total_seconds():
            words = f"Nobody outside has held the newest entries for {_told(self.unanchored)}."
            yield Alarm("audit.anchor_late", words)
        for sink, age in self.sinks.items():
            if age > ANCHOR_LATE.total_seconds():
                words = f"The anchor “{sink}” has taken no newer checkpoint for {_told(age)}."
                yield Alarm("audit.sink_late", words, sink)


def ages(alias: str = "audit_reader") -> Ages:
    with connections[alias].cursor() as cursor:
        cursor.execute(AGES)
        outbox, unanchored = cursor.fetchone()
        cursor.execute(SINKS)
        return Ages(outbox, unanchored, dict(cursor.fetchall()))


def measure() -> None:
    """Sets the gauges; without the database they say that nothing is known."""
    SINK_AGE.clear()
    try:
        found = ages()
    except DatabaseError:
        found = Ages(float("nan"), float("nan"), {})
    OUTBOX_AGE.set(found.outbox)
    ANCHOR_AGE.set(found.unanchored)
    for sink, age in found.sinks.items():
        SINK_AGE.labels(sink).set(age)


def notes() -> list[str]:
    """For /readyz: alarms, which are no reason to keep traffic away."""
    try:
        return [str(alarm) for alarm in ages().alarms()]
    except DatabaseError:
        return ["audit.unreadable: the log cannot be read."]


def _told(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 2 * 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hours" if hours < HOURS_TOLD_AS_DAYS else f"{hours // 24} days"
