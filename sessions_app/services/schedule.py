"""Planning: a session is put into the diary, or taken out before its doors open."""

from datetime import datetime, timedelta

from accounts.models import User
from audit.services import act, record
from groups.models import Group
from sessions_app import notify
from sessions_app.errors import TransitionRefused
from sessions_app.events import SessionCancelled, SessionScheduled
from sessions_app.models import Session
from sessions_app.models.schedule import DEFAULT_GRACE
from sessions_app.services.about import about_session
from sessions_app.services.rows import locked_session
from sessions_app.states import SessionState


@act(SessionScheduled)
def schedule_session(
    *,
    group: Group,
    by: User,
    opens_at: datetime,
    closes_at: datetime,
    timezone: str,
    grace: timedelta = DEFAULT_GRACE,
) -> Session:
    session = Session.objects.create(
        group=group,
        scheduled_by=by,
        opens_at=opens_at,
        closes_at=closes_at,
        grace=grace,
        timezone=timezone,
    )
    record(SessionScheduled(**about_session(session)))
    return session


@act(SessionCancelled)
def cancel_session(*, session: Session) -> Session:
    session = locked_session(session.pk)
    if not session.may_become(SessionState.CANCELLED):
        raise TransitionRefused(f"session.{session.state}")
    session.state = SessionState.CANCELLED
    session.save(update_fields=["state"])
    notify.session_changed(session.pk)
    record(SessionCancelled(**about_session(session)))
    return session
