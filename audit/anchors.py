"""Hands checkpoints to the outside, where whoever owns this system cannot change them any more.

Cutting the tail and rewriting everything with a stolen key pass every inner check; only a
checkpoint held elsewhere names them. Runs beside the sequencer and never delays it.
"""

import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import Error, connections

from audit import monitoring
from audit.proofs import Prover
from audit.sinks import Anchor, Sink, SinkRefused, sinks_of

ALIAS = "audit_sequencer"
ROUND_SECONDS = 30.0
EVERY = timedelta(hours=1)

NEWEST = "SELECT size, note FROM audit.checkpoints ORDER BY size DESC LIMIT 1"
LAST = """
SELECT size, extract(epoch FROM clock_timestamp() - anchored_at) FROM audit.anchors
WHERE sink = %s ORDER BY size DESC LIMIT 1
"""
KEEP = "INSERT INTO audit.anchors (sink, size, note, receipt) VALUES (%s, %s, %s, %s)"

# One row when an anchor joins the list and one when it leaves; their ages are watched meanwhile.
ANNOUNCE = """
WITH known AS (
    SELECT DISTINCT ON (name) name, is_asked FROM audit.sinks ORDER BY name, id DESC
)
INSERT INTO audit.sinks (name, is_asked)
SELECT told.name, true FROM unnest(%(names)s::text[]) AS told (name)
WHERE told.name NOT IN (SELECT name FROM known WHERE is_asked)
UNION ALL
SELECT name, false FROM known WHERE is_asked AND name <> ALL (%(names)s::text[])
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Each sink gets the newest checkpoint once in `every`, and not again before the log grew."""

    sinks: tuple[Sink, ...]
    every: timedelta = EVERY

    @classmethod
    def from_settings(cls) -> "Anchoring":
        return cls(sinks_of(settings.AUDIT_ANCHORS))

    def announce(self) -> None:
        """Says whose ages are to be watched: what watches does not know the settings."""
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(ANNOUNCE, {"names": [sink.name for sink in self.sinks]})

    def round(self) -> int:
        """How many sinks took a checkpoint. One that refuses is logged and asked again."""
        return sum(self._serve(sink) for sink in self.sinks)

    def _serve(self, sink: Sink) -> bool:
        anchor = self._due(sink)
        if anchor is None:
            return False
        try:
            receipt = sink.publish(anchor)
        except SinkRefused as error:
            log.error("audit.anchor_refused", sink=sink.name, reason=str(error))
            return False
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(KEEP, [sink.name, anchor.size, anchor.note, receipt])
        return True

    def _due(self, sink: Sink) -> Anchor | None:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(NEWEST)
            newest = cursor.fetchone()
            cursor.execute(LAST, [sink.name])
            old, age = cursor.fetchone() or (0, None)
            if newest is None or newest[0] <= old:
                return None
            if age is not None and age < self.every.total_seconds():
                return None
        size, note = newest
        return Anchor(size, note, old, partial(_proof, size))


def _proof(size: int, old: int) -> list[bytes]:
    with connections[ALIAS].cursor() as cursor:
        return Prover(cursor, size).consistency(old)


def run(stop: threading.Event) -> None:
    """Works until `stop` is set; a database that is away is waited for. Raises the alarms."""
    anchoring = Anchoring.from_settings()
    is_announced = False
    try:
        while not stop.is_set():
            try:
                if not is_announced:
                    anchoring.announce()
                    is_announced = True
                anchoring.round()
                for alarm in monitoring.ages(ALIAS).alarms():
                    log.critical(alarm.code, sink=alarm.sink)
            except Error:
                log.error("audit.anchoring_waits")
                connections[ALIAS].close()
            stop.wait(ROUND_SECONDS)
    finally:
        connections[ALIAS].close()
