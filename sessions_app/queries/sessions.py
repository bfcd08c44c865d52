"""Which sessions a person may know of."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from groups import queries as groups
from groups.models import Group
from sessions_app.models import Admission, Block, Session
from sessions_app.states import JOINABLE, words


def visible_to(user: User) -> QuerySet[Session]:
    """Sessions of the groups a person may see, without those they are blocked from."""
    blocks = Block.objects.filter(user=user, lifted_at=None).filter(
        Q(session=OuterRef("pk")) | Q(group=OuterRef("group_id"))
    )
    return (
        Session.objects.filter(group__in=groups.visible_to(user))
        .exclude(Exists(blocks))
        .select_related("group", "group__program")
    )


def next_for(user: User, now: datetime) -> Session | None:
    """The session that is open or opens next."""
    return _coming(visible_to(user), now).first()


def scheduled_for(group: Group, now: datetime) -> QuerySet[Session]:
    return _coming(Session.objects.filter(group=group), now)


def coming_for(user: User, now: datetime) -> QuerySet[Session]:
    return _coming(visible_to(user), now)


def session_of(pk: UUID) -> Session:
    return Session.objects.select_related("group").get(pk=pk)


def is_blocked(user: User, session: Session) -> bool:
    return (
        Block.objects.filter(user=user, lifted_at=None)
        .filter(Q(session=session) | Q(group_id=session.group_id))
        .exists()
    )


def last_admission(user: User, session: Session) -> Admission | None:
    return (
        Admission.objects.filter(user=user, session=session)
        .select_related("session__group")
        .order_by("-waiting_since")
        .first()
    )


def _coming(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    not_over = sessions.annotate(over_at=F("closes_at") + F("grace")).filter(over_at__gt=now)
    return not_over.filter(state__in=words(JOINABLE)).order_by("opens_at")
