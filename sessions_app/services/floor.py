"""Who may be heard and seen: rights that hosts take and give back, and what people show."""

from uuid import UUID

from accounts.models import User
from audit.services import act, record
from groups.states import HOST_ROLES
from sessions_app import notify, queries, relay
from sessions_app.events import (
    EverybodyMuted,
    MediaAllowed,
    ParticipantMuted,
    PresenceChanged,
    VideoStopped,
)
from sessions_app.models import Admission, Seat, Session
from sessions_app.services.about import about_admission, about_session
from sessions_app.services.rows import (
    host_admission,
    locked_admission,
    locked_session,
    seat_of,
    target_of,
)


@act(ParticipantMuted)
def mute_participant(*, session: Session, admission: UUID, by: User) -> None:
    """The relay stops forwarding the microphone, whatever the browser sends."""
    target = _target(session, by, admission)
    seat = seat_of(target)
    seat.may_send_mic = seat.mic_on = False
    _save(target, seat)
    record(ParticipantMuted(**about_admission(target)))


@act(EverybodyMuted)
def mute_all(*, session: Session, by: User) -> int:
    """Everybody who is not a host; says how many."""
    session = locked_session(session.pk)
    host_admission(session, by)
    members = queries.seated(session).exclude(
        user__memberships__group_id=session.group_id,
        user__memberships__role__in=sorted(HOST_ROLES),
    )
    for target in members:
        seat = seat_of(target)
        seat.may_send_mic = seat.mic_on = False
        seat.save()
        relay.refresh_on_commit(target.pk)
    notify.session_changed(session.pk)
    record(EverybodyMuted(**about_session(session), people=len(members)))
    return len(members)


@act(VideoStopped)
def stop_video(*, session: Session, admission: UUID, by: User) -> None:
    target = _target(session, by, admission)
    seat = seat_of(target)
    seat.may_send_camera = seat.camera_on = False
    _save(target, seat)
    record(VideoStopped(**about_admission(target)))


@act(MediaAllowed)
def allow_media(*, session: Session, admission: UUID, by: User) -> None:
    """Gives the rights back; microphone and camera stay off until their owner turns them on."""
    target = _target(session, by, admission)
    seat = seat_of(target)
    seat.may_send_mic = seat.may_send_camera = True
    _save(target, seat)
    record(MediaAllowed(**about_admission(target)))


@act(PresenceChanged)
def set_presence(
    *, admission: Admission, mic: bool, camera: bool, private: bool, away: bool
) -> Seat:
    """What the person shows of themselves, within what a host allows.

    Not private or away: nothing of theirs is forwarded, whatever the browser sends.
    """
    admission = locked_admission(admission.session, admission.pk)
    seat = seat_of(admission)
    open_to_others = private and not away
    seat.private, seat.away = private, away
    seat.mic_on = mic and seat.may_send_mic and open_to_others
    seat.camera_on = camera and seat.may_send_camera and open_to_others
    _save(admission, seat)
    record(
        PresenceChanged(
            **about_admission(admission),
            mic=seat.mic_on,
            camera=seat.camera_on,
            private=private,
            away=away,
        )
    )
    return seat


def _target(session: Session, by: User, admission: UUID) -> Admission:
    return target_of(locked_session(session.pk), by, admission)


def _save(admission: Admission, seat: Seat) -> None:
    seat.save()
    relay.refresh_on_commit(admission.pk)
    notify.session_changed(admission.session_id)
