"""What may be forgotten, and when: bodies after their years, never a leaf.

A month's bodies go in one step: a signed export is made and checked first, then the month's
partition is replaced by one that holds only what must stay (a legal hold, a longer class). The
database refuses what is younger than six years, whoever asks.
"""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from audit import verify
from audit.events import Ref
from audit.exporting import Export
from audit.log_events import BodiesRetired, HoldPlaced, HoldReleased
from audit.recording import append
from audit.verification import stored_keys

OWNER = "owner"
DUE = """
SELECT DISTINCT date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date
FROM audit.entries
WHERE recorded_at < date_trunc('month', (clock_timestamp() - interval '6 years') AT TIME ZONE 'UTC')
                    AT TIME ZONE 'UTC'
  AND NOT audit.must_stay(act, body, recorded_at)
ORDER BY 1
"""
SPAN = """
SELECT min(index), max(index) + 1, count(*) FILTER (WHERE audit.must_stay(act, body, e.recorded_at))
FROM audit.entries AS e JOIN audit.leaves AS l ON l.entry = e.id
WHERE e.recorded_at >= %s::timestamp AT TIME ZONE 'UTC'
  AND e.recorded_at < (%s + interval '1 month') AT TIME ZONE 'UTC'
"""
RETIRE = "SELECT audit.retire_month(%s, %s)"
PLACE = "INSERT INTO audit.holds (ref) VALUES (%s) RETURNING id"
RELEASE = (
    "INSERT INTO audit.hold_releases (hold) SELECT id FROM audit.holds WHERE id = %s"
    " ON CONFLICT DO NOTHING RETURNING hold"
)


class NotChecked(Exception):
    """The export of a month does not verify: nothing was dropped."""


class UnknownHold(Exception):
    """No hold has that id, or it was released before."""


def months_due() -> list[date]:
    """Months with bodies that no rule keeps any longer, the oldest first."""
    return [month for (month,) in _rows(DUE)]


def retire(month: date, folder: Path) -> int:
    """Exports the month's entries to `folder`, checks that, drops the bodies; how many went.

    Raises NotChecked, and whatever the export raises; then every body is still there.
    """
    ((first, last, kept),) = _rows(SPAN, month, month)
    digest, _ = Export(first, last, alias=OWNER).write(folder)
    try:
        verify.check_bundle(folder, verify.keys_of(stored_keys(OWNER)))
    except (verify.Wrong, verify.Unusable) as error:
        raise NotChecked(str(error)) from error
    with transaction.atomic(using=OWNER):
        bundle = Ref("bundle", digest)
        append(
            BodiesRetired(object=bundle, year=month.year, month=month.month, kept=kept), using=OWNER
        )
        ((dropped,),) = _rows(RETIRE, month, digest)
    return int(dropped)


def place_hold(ref: str | None, *, reason: str) -> UUID:
    """Keeps every body that names `ref` (`user:<uuid>`), or every body when it is None."""
    with transaction.atomic(using=OWNER):
        ((hold,),) = _rows(PLACE, ref)
        append(HoldPlaced(object=Ref("hold", hold), reason=reason), using=OWNER)
    return UUID(str(hold))


def release_hold(hold: UUID, *, reason: str) -> None:
    """Raises UnknownHold."""
    with transaction.atomic(using=OWNER):
        append(HoldReleased(object=Ref("hold", hold), reason=reason), using=OWNER)
        if not _rows(RELEASE, hold):
            raise UnknownHold(str(hold))


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
