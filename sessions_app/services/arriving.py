"""A person's own way: into the waiting room, back to a seat that is still held, out again."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import act, record
from sessions_app import gates, notify, queries, relay
from sessions_app.errors import (
    AdmitsNobody,
    CoolingDown,
    GateIsClosed,
    NeedsFreshFactor,
    NoSuchAdmission,
    OnAnotherDevice,
)
from sessions_app.events import (
    ParticipantLeft,
    SeatTakenOver,
    WaitingRoomEntered,
    WaitingRoomResumed,
)
from sessions_app.gates import Attempt
from sessions_app.models import Admission, Session
from sessions_app.services.about import about_admission
from sessions_app.services.absence import end_place, note_hosts_if_changed
from sessions_app.services.doors import take_host_seat
from sessions_app.services.rows import locked_admission, locked_session, void_prejoin
from sessions_app.states import AdmissionState, SeatMode, VoidReason

COOL_DOWN = timedelta(minutes=2)
FRESH_FACTOR = timedelta(minutes=10)


@transaction.atomic
def arrive(*, attempt: Attempt, connection: UUID, mode: SeatMode) -> Admission | None:
    """The right one of the services below; None for a host before the doors are open.

    Raises GateIsClosed, OnAnotherDevice, CoolingDown or AdmitsNobody.
    """
    session = locked_session(attempt.session.pk)
    held = queries.live_admission(attempt.user, session)
    if held is not None:
        return resume_place(attempt=attempt, admission=held, connection=connection)
    gates.require_all_open(attempt)
    if not attempt.is_host:
        return enter_waiting_room(attempt=attempt, connection=connection, mode=mode)
    if session.doors_are_open:
        return take_host_seat(attempt=attempt, connection=connection, mode=mode)
    return None


@act(WaitingRoomEntered)
def enter_waiting_room(*, attempt: Attempt, connection: UUID, mode: SeatMode) -> Admission:
    """MUST NOT seat anybody, however early, known or alone this person is."""
    session = locked_session(attempt.session.pk)
    gates.require_all_open(attempt)
    now = timezone.now()
    _require_cooled_down(attempt, session, now)
    attempt.prejoin.mode = mode
    attempt.prejoin.save(update_fields=["mode"])
    admission = Admission.objects.create(
        session=session,
        user=attempt.user,
        prejoin=attempt.prejoin,
        sign_in=attempt.sign_in,
        connection=connection,
        heartbeat_at=now,
        waiting_since=now,
    )
    notify.session_changed(session.pk)
    record(WaitingRoomEntered(**about_admission(admission)))
    return admission


@act(WaitingRoomResumed)
def resume_place(*, attempt: Attempt, admission: Admission, connection: UUID) -> Admission:
    """The same device comes back: to its place in the waiting room, or to its seat.

    Those who wait pass every gate again; those who sit keep the seat that a host gave them.
    """
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    if not admission.is_live:
        raise NoSuchAdmission("ended")
    if admission.sign_in_id != (attempt.sign_in.pk if attempt.sign_in else None):
        raise OnAnotherDevice
    _require_may_resume(attempt, admission)
    _move_to(admission, attempt, connection)
    note_hosts_if_changed(session)
    notify.session_changed(session.pk)
    record(WaitingRoomResumed(**about_admission(admission)))
    return admission


@act(SeatTakenOver)
def take_over_seat(*, attempt: Attempt, connection: UUID, factor_at: datetime | None) -> Admission:
    """The place moves to this sign-in; the other device is closed and the host is told.

    MUST refuse without a factor proved in the last minutes: a borrowed phone is no proof.
    """
    now = timezone.now()
    if factor_at is None or now - factor_at > FRESH_FACTOR:
        raise NeedsFreshFactor
    session = locked_session(attempt.session.pk)
    held = queries.live_admission(attempt.user, session)
    if held is None:
        raise NoSuchAdmission("nothing_to_take_over")
    admission = locked_admission(session, held.pk)
    _require_may_resume(attempt, admission)
    admission.sign_in = attempt.sign_in
    _move_to(admission, attempt, connection)
    note_hosts_if_changed(session)
    notify.session_changed(session.pk)
    record(SeatTakenOver(**about_admission(admission)))
    return admission


@act(ParticipantLeft)
def leave(*, admission: Admission, reason: str = "own_wish") -> Admission:
    """Out of the waiting room or the seat. The answers of this attempt end with it."""
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    end_place(admission, reason=reason)
    if reason == "own_wish":
        void_prejoin(admission.prejoin_id, VoidReason.LEFT, now=timezone.now())
    note_hosts_if_changed(session)
    notify.session_changed(session.pk)
    record(ParticipantLeft(**about_admission(admission), reason=reason))
    return admission


def _require_may_resume(attempt: Attempt, admission: Admission) -> None:
    closed = gates.first_closed(attempt)
    if closed is None:
        return
    if admission.is_seated and closed.name not in ("factors", "membership", "window"):
        return
    raise GateIsClosed(closed.name)


def _require_cooled_down(attempt: Attempt, session: Session, now: datetime) -> None:
    if not session.is_joinable:
        raise AdmitsNobody
    last = queries.last_admission(attempt.user, session)
    if last is None or last.state != AdmissionState.DECLINED or last.ended_at is None:
        return
    if now - last.ended_at < COOL_DOWN:
        raise CoolingDown


def _move_to(admission: Admission, attempt: Attempt, connection: UUID) -> None:
    """The newest socket of this sign-in is the one that counts."""
    gone = admission.connection
    now = timezone.now()
    if admission.state == AdmissionState.CONNECTED:
        admission.become(AdmissionState.RECONNECTING, now=now)
    elif admission.state == AdmissionState.WAITING:
        admission.prejoin = attempt.prejoin
    admission.connection = connection
    admission.heartbeat_at = now
    admission.save(update_fields=["state", "prejoin", "connection", "heartbeat_at", "sign_in"])
    if gone != connection:
        relay.unseat_on_commit(gone, close=True)
