"""What one connection must be told now: everything it depends on, read at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import SignIn
from groups.states import HOST_ROLES, SeatRole
from sessions_app import gates, queries
from sessions_app.access import Standing, standing_in
from sessions_app.messages.server import GateClosed, Snapshot
from sessions_app.models import Admission
from sessions_app.queries.snapshots import snapshot_for
from sessions_app.states import AdmissionState, SeatMode, SessionState

# Then the person waits again, and host and person are told: a browser has not done its part.
ADDED_WITHIN_SECONDS = 10.0
_ENDED_AS = {
    AdmissionState.DECLINED: "declined",
    AdmissionState.REMOVED: "removed",
    AdmissionState.LEFT: "away_too_long",
    AdmissionState.RETURNED_TO_WAITING: "away_too_long",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Exactly one of `ended`, `gate` and `snapshot` is set."""

    ended: str = ""
    gate: GateClosed | None = None
    snapshot: Snapshot | None = None
    admission: Admission | None = None
    role: SeatRole | None = None
    # Let in, and no host's browser has made the key yet: for so many seconds more.
    patience: float | None = None


@dataclass(slots=True)
class Place:
    """What a connection knows of itself between two readings."""

    sign_in_id: UUID
    session_id: UUID
    connection: UUID
    mode: SeatMode = SeatMode.VIDEO
    admission_id: UUID | None = None


@contextmanager
def _one_moment() -> Iterator[None]:
    """Every query sees the database as the first one did: a removal is seen whole or not at all,
    never as a block without the admission that it ended."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@_one_moment()
def view_of(place: Place) -> View:
    """Sign-in, membership, session, admission, gates: whatever has ended ends the connection.

    MUST NOT be called inside a transaction.
    """
    # First: a place that a thread beside this one learns of later may lie after this moment.
    admission = _own_admission(place)
    sign_in = SignIn.objects.select_related("user").get(pk=place.sign_in_id)
    if not sign_in.is_open or not sign_in.user.is_active:
        return View(ended="locked" if sign_in.is_locked else "signed_out")
    session = admission.session if admission else queries.session_of(place.session_id)
    if session.state in (SessionState.ENDED, SessionState.CANCELLED):
        return View(ended=str(session.state))
    if ended := _ended_as(place, admission):
        return View(ended=ended)
    standing = standing_in(session, sign_in.user)
    if standing is None:
        return View(ended="membership_ended")
    return _present(place, standing, sign_in, admission)


def _present(
    place: Place, standing: Standing, sign_in: SignIn, admission: Admission | None
) -> View:
    role = SeatRole(standing.membership.role)
    if admission is None or not admission.is_seated:
        closed = _closed_gate(standing, sign_in)
        if closed is not None:
            return View(gate=closed, admission=admission, role=role)
    return View(
        snapshot=snapshot_for(sign_in.user, standing.session, place.mode, admission),
        admission=admission,
        role=role,
        patience=_patience(admission) if role not in HOST_ROLES else None,
    )


def _patience(admission: Admission | None) -> float | None:
    """Below zero once the Add is overdue."""
    if admission is None or admission.state != AdmissionState.ADMITTED:
        return None
    if admission.decided_at is None or not queries.is_without_leaf(admission, admission.session):
        return None
    return ADDED_WITHIN_SECONDS - (timezone.now() - admission.decided_at).total_seconds()


def _closed_gate(standing: Standing, sign_in: SignIn) -> GateClosed | None:
    attempt = queries.attempt_of(
        session=standing.session,
        membership=standing.membership,
        sign_in=sign_in,
        now=timezone.now(),
    )
    gate = gates.first_closed(attempt)
    return GateClosed(url=gate.url(attempt), title=gate.title) if gate else None


def _own_admission(place: Place) -> Admission | None:
    """The admission of this connection; one that was returned to waiting goes on in a new row."""
    if place.admission_id is None:
        return None
    admission = Admission.objects.select_related("session__group").get(pk=place.admission_id)
    if admission.state == AdmissionState.RETURNED_TO_WAITING:
        again = Admission.objects.filter(
            session_id=place.session_id, connection=place.connection
        ).first()
        if again is not None:
            place.admission_id = again.pk
            return again
    return admission


def _ended_as(place: Place, admission: Admission | None) -> str:
    if admission is None:
        return ""
    if not admission.is_live:
        return _ENDED_AS[AdmissionState(admission.state)]
    if admission.connection == place.connection:
        return ""
    return "replaced" if admission.sign_in_id == place.sign_in_id else "taken_over"
