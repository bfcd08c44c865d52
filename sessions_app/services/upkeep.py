"""What time does by itself: ends, returns, sweeps and deletes. Each is idempotent."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import SignIn
from audit.services import act, record
from sessions_app import queries
from sessions_app.errors import SessionRefused
from sessions_app.events import LocationsPurged
from sessions_app.models import PreJoin, Session
from sessions_app.services.absence import hosts_were_away_too_long, return_everybody
from sessions_app.services.doors import end_session
from sessions_app.states import JOINABLE, words

LOCATIONS_KEPT = timedelta(days=30)


def keep_session(session: Session) -> None:
    """End it when its window has closed; return everybody when hosts stay away."""
    if session.is_joinable and timezone.now() >= session.ends_at:
        end_session(session=session)
    elif hosts_were_away_too_long(session) and queries.seated(session).exists():
        return_everybody(session=session)


def keep_all_sessions() -> None:
    now = timezone.now()
    due = Session.objects.filter(state__in=words(JOINABLE), opens_at__lte=now)
    for session in due.select_related("group"):
        with suppress(SessionRefused):
            keep_session(session)


@act(LocationsPurged)
def purge_locations() -> int:
    """Where people were is deleted after 30 days, with what they answered about their space."""
    before = timezone.now() - LOCATIONS_KEPT
    old = PreJoin.objects.filter(created_at__lt=before, purged_at=None)
    purged = list(old.select_for_update())
    for prejoin in purged:
        prejoin.location = prejoin.call_back = ""
        prejoin.environment = None
        prejoin.purged_at = timezone.now()
        prejoin.save(update_fields=["location", "call_back", "environment", "purged_at"])
    record(LocationsPurged(people=len(purged)))
    return len(purged)


def locations_are_due() -> bool:
    before = timezone.now() - LOCATIONS_KEPT
    return PreJoin.objects.filter(created_at__lt=before, purged_at=None).exists()


def keep_signed_in(sign_in_id: UUID) -> None:
    """Somebody who sits in the room is not idle; the room's own idle lock is the page's."""
    SignIn.objects.filter(pk=sign_in_id, locked_at=None, ended_at=None).update(
        last_seen_at=timezone.now()
    )
