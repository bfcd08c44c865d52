"""Who may know that a session exists: the object, or the one 404 that everybody else gets."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from accounts.access import SignedInRequest
from accounts.models import User
from audit import services as audit
from audit.events import Ref
from groups import queries as groups
from groups.models import Membership
from sessions_app import queries
from sessions_app.events import SessionAccessRefused
from sessions_app.models import Admission, Session
from sessions_app.states import SessionState


@dataclass(frozen=True, slots=True)
class Standing:
    """A session and the live membership through which this person may know it."""

    session: Session
    membership: Membership


def standing_of(user: User, pk: UUID) -> Standing | None:
    """None for whoever may not know: no session, no live membership, blocked, cancelled."""
    session = Session.objects.select_related("group", "group__program").filter(pk=pk).first()
    return standing_in(session, user) if session else None


def standing_in(session: Session, user: User) -> Standing | None:
    """The same for a session that was just read."""
    membership = groups.membership_of(user, session.group_id)
    if session.state == SessionState.CANCELLED or membership is None or not membership.is_live:
        return None
    if queries.is_blocked(user, session):
        return None
    return Standing(session, membership)


def session_for_member(request: SignedInRequest, pk: UUID) -> Standing:
    standing = standing_of(request.user, pk)
    if standing is None:
        raise refuse(pk)
    return standing


def session_for_staff(request: SignedInRequest, pk: UUID) -> Session:
    """For planning only: a host of its group, or an admin of its programme."""
    session = queries.visible_to(request.user).filter(pk=pk).first()
    if session is None:
        raise refuse(pk)
    membership = groups.membership_of(request.user, session.group_id)
    if request.user.role != "admin" and not (membership and membership.is_host):
        raise refuse(pk)
    return session


def own_admission(request: SignedInRequest, pk: UUID) -> Admission:
    """The last admission of this person to that session: their own past stays theirs."""
    session = Session.objects.filter(pk=pk).first()
    admission = queries.last_admission(request.user, session) if session else None
    if admission is None:
        raise refuse(pk)
    return admission


def refuse(pk: UUID) -> Http404:
    audit.deny(SessionAccessRefused(session=Ref("session", pk)))
    return Http404()
