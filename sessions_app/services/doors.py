"""What a host does to the whole session: open, lock, suspend, end."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from sessions_app import gates, notify, queries, relay
from sessions_app.errors import AdmitsNobody, NotAHost, OnAnotherDevice, TransitionRefused
from sessions_app.events import (
    DoorsOpened,
    HostSeated,
    MediaResumed,
    MediaSuspended,
    SessionEnded,
    SessionLocked,
    SessionUnlocked,
)
from sessions_app.gates import Attempt
from sessions_app.models import Admission, DoorNote, PreJoin, Room, Session
from sessions_app.services.about import about_admission, about_session
from sessions_app.services.absence import end_place, note_hosts_if_changed
from sessions_app.services.keys import forget_keys
from sessions_app.services.rows import (
    host_admission,
    host_membership,
    locked_session,
    take_seat,
)
from sessions_app.states import AdmissionState, RoomKind, SeatMode, SessionState, VoidReason


@act(DoorsOpened)
def open_doors(*, attempt: Attempt, connection: UUID, mode: SeatMode) -> Admission:
    """The host's own audited admission is part of it. MUST NOT admit anybody else."""
    session = locked_session(attempt.session.pk)
    host_membership(session, attempt.user)
    gates.require_all_open(attempt)
    _step(session, SessionState.DOORS_OPEN)
    session.doors_opened_at = timezone.now()
    session.require_e2ee = session.group.require_e2ee
    session.save(update_fields=["state", "doors_opened_at", "require_e2ee"])
    Room.objects.get_or_create(session=session, kind=RoomKind.MAIN)
    own = take_host_seat(attempt=attempt, connection=connection, mode=mode)
    record(DoorsOpened(**about_session(session)))
    return own


@act(HostSeated)
def take_host_seat(*, attempt: Attempt, connection: UUID, mode: SeatMode) -> Admission:
    """A host or co-host sits down by their membership's role, never by coming first."""
    session = locked_session(attempt.session.pk)
    host_membership(session, attempt.user)
    gates.require_all_open(attempt)
    if not session.doors_are_open:
        raise AdmitsNobody("doors_closed")
    if queries.live_admission(attempt.user, session) is not None:
        raise OnAnotherDevice
    now = timezone.now()
    admission = Admission.objects.create(
        session=session,
        user=attempt.user,
        prejoin=attempt.prejoin,
        sign_in=attempt.sign_in,
        state=AdmissionState.ADMITTED,
        connection=connection,
        heartbeat_at=now,
        waiting_since=now,
        decided_at=now,
        decided_by=attempt.user,
    )
    take_seat(admission, mode=mode, now=now)
    note_hosts_if_changed(session)
    notify.session_changed(session.pk)
    record(HostSeated(**about_admission(admission)))
    return admission


@act(SessionLocked)
def lock_session(*, session: Session, by: User) -> None:
    session = _hosted(session, by)
    _flag(session, "locked_at", timezone.now())
    record(SessionLocked(**about_session(session)))


@act(SessionUnlocked)
def unlock_session(*, session: Session, by: User) -> None:
    session = _hosted(session, by)
    _flag(session, "locked_at", None)
    record(SessionUnlocked(**about_session(session)))


@act(MediaSuspended)
def suspend_media(*, session: Session, by: User) -> None:
    """Nobody but hosts is forwarded by the relay until `resume_media`."""
    session = _hosted(session, by)
    _refresh_everybody(session)
    _flag(session, "media_suspended_at", timezone.now())
    record(MediaSuspended(**about_session(session)))


@act(MediaResumed)
def resume_media(*, session: Session, by: User) -> None:
    session = _hosted(session, by)
    _refresh_everybody(session)
    _flag(session, "media_suspended_at", None)
    record(MediaResumed(**about_session(session)))


@act(SessionEnded)
def end_session(*, session: Session, by: User | None = None) -> None:
    """For all: every admission ends, every answer is void, the room on the relay is closed.

    `by` is None when the window has closed by itself.
    """
    session = _hosted(session, by) if by else locked_session(session.pk)
    if by is None and timezone.now() < session.ends_at:
        raise NotAHost
    _step(session, SessionState.ENDED)
    session.ended_at = now = timezone.now()
    session.save(update_fields=["state", "ended_at"])
    live = list(queries.live_admissions(session))
    for admission in live:
        end_place(admission, reason="session_ended")
    DoorNote.objects.filter(prejoin__session=session).delete()
    PreJoin.objects.filter(session=session, voided_at=None).update(
        voided_at=now, void_reason=VoidReason.SESSION_ENDED
    )
    forget_keys(session)
    for room in session.rooms.all():
        relay.close_room_on_commit(room.pk)
    notify.session_changed(session.pk)
    reason = "by_host" if by else "window_closed"
    record(SessionEnded(**about_session(session), people=len(live), reason=reason))


def _hosted(session: Session, by: User) -> Session:
    locked = locked_session(session.pk)
    host_admission(locked, by)
    return locked


def _step(session: Session, state: SessionState) -> None:
    if not session.may_become(state):
        raise TransitionRefused(f"session.{session.state}")
    session.state = state


def _flag(session: Session, name: str, at: datetime | None) -> None:
    setattr(session, name, at)
    session.save(update_fields=[name])
    notify.session_changed(session.pk)


def _refresh_everybody(session: Session) -> None:
    for admission in queries.seated(session):
        relay.refresh_on_commit(admission.pk)
