"""When the whole log was checked last, and what came of it."""

from datetime import datetime, timedelta

from django.utils import timezone

from audit import queries as log
from audit.log_events import LogMismatched, LogVerified
from audit.queries import Entry, Filter

EVERY = timedelta(days=1)
CHECKS = (LogVerified.act, LogMismatched.act)


def newest_check() -> Entry | None:
    return next(iter(log.entries(Filter(acts=CHECKS), limit=1)), None)


def check_is_due(now: datetime | None = None) -> bool:
    """Not before anything was signed."""
    last = newest_check()
    is_late = last is None or last.recorded_at + EVERY <= (now or timezone.now())
    return is_late and log.log_state().size > 0
