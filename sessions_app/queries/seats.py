"""Who waits and who sits, read from admission rows and from nowhere else."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from groups.states import HOST_ROLES, LIVE_STATES
from sessions_app.models import Admission, Room, Session
from sessions_app.states import LIVE, SEATED, RoomKind, words


def live_admissions(session: Session) -> QuerySet[Admission]:
    return Admission.objects.filter(session=session, state__in=words(LIVE)).select_related(
        "user__profile", "sign_in", "seat", "prejoin", "session__group"
    )


def live_admission(user: User, session: Session) -> Admission | None:
    return live_admissions(session).filter(user=user).first()


def admission_at(session_id: UUID, connection: UUID) -> Admission | None:
    """The live admission that this socket holds: at most one, because connections are random."""
    return (
        Admission.objects.filter(
            session_id=session_id, connection=connection, state__in=words(LIVE)
        )
        .select_related("session__group", "user", "sign_in", "seat")
        .first()
    )


def seated(session: Session) -> QuerySet[Admission]:
    return live_admissions(session).filter(state__in=words(SEATED)).order_by("seat__number")


def connected_hosts(session: Session) -> QuerySet[Admission]:
    """Hosts and co-hosts whose socket is open on a live seat."""
    return seated(session).filter(
        connection__isnull=False,
        user__memberships__group_id=session.group_id,
        user__memberships__role__in=sorted(HOST_ROLES),
        user__memberships__state__in=sorted(LIVE_STATES),
    )


def main_room(session: Session) -> Room:
    return Room.objects.get(session=session, kind=RoomKind.MAIN)
