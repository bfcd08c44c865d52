"""What a host does holds against a browser that does not play along: rights are the server's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.utils import timezone

from groups.states import CameraPolicy
from media_relay.tickets import Source
from sessions_app import notify, relay, services
from sessions_app.errors import NotAHost, TransitionRefused
from sessions_app.models import Admission, Session
from sessions_app.permits import permit_of
from sessions_app.states import AdmissionState, SeatMode, SessionState
from tests.sessions_app.meeting import Meeting, by_itself

BOTH = frozenset({Source.MIC, Source.CAMERA})
NOTHING: frozenset[Source] = frozenset()


def sendable(admission: Admission) -> frozenset[Source]:
    permit = permit_of(admission.pk)
    assert permit is not None
    return permit.may_send


@pytest.fixture
def seated(meeting: Meeting) -> Admission:
    meeting.open_doors()
    return meeting.admit(meeting.wait(meeting.ana))


def shows(
    meeting: Meeting,
    admission: Admission,
    *,
    mic: bool = True,
    private: bool = True,
    away: bool = False,
) -> None:
    """What a browser claims of itself, a modified one too."""
    with meeting.ana.acting():
        services.set_presence(admission=admission, mic=mic, camera=True, private=private, away=away)


def test_muted_is_muted_whatever_the_browser_claims(meeting: Meeting, seated: Admission) -> None:
    assert sendable(seated) == BOTH
    with meeting.hosting():
        services.mute_participant(
            session=meeting.session, admission=seated.pk, by=meeting.thea.user
        )
    shows(meeting, seated, mic=True)
    assert sendable(seated) == {Source.CAMERA}
    seated.seat.refresh_from_db()
    assert not seated.seat.mic_on
    with meeting.hosting():
        services.allow_media(session=meeting.session, admission=seated.pk, by=meeting.thea.user)
    assert sendable(seated) == BOTH


def test_stopped_video_stays_stopped(meeting: Meeting, seated: Admission) -> None:
    with meeting.hosting():
        services.stop_video(session=meeting.session, admission=seated.pk, by=meeting.thea.user)
    shows(meeting, seated)
    assert sendable(seated) == {Source.MIC}


def test_mute_all_spares_the_hosts(meeting: Meeting) -> None:
    own = meeting.open_doors()
    ana, ben = (meeting.admit(meeting.wait(one)) for one in (meeting.ana, meeting.ben))
    with meeting.hosting():
        assert services.mute_all(session=meeting.session, by=meeting.thea.user) == 2
    assert sendable(ana) == sendable(ben) == {Source.CAMERA}
    assert sendable(own) == BOTH


def test_suspended_members_send_nothing_and_the_host_may_still_speak(
    meeting: Meeting, seated: Admission
) -> None:
    own = Admission.objects.get(user=meeting.thea.user)
    with meeting.hosting():
        services.suspend_media(session=meeting.session, by=meeting.thea.user)
        assert sendable(seated) == NOTHING
        assert sendable(own) == BOTH
        services.resume_media(session=meeting.session, by=meeting.thea.user)
    assert sendable(seated) == BOTH


@pytest.mark.parametrize("act", [services.mute_all, services.suspend_media, services.resume_media])
def test_the_relay_is_asked_for_everybody_before_anybody_is_told(
    meeting: Meeting,
    seated: Admission,
    act: Callable[..., object],
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Of what follows a commit, nothing is done after the first that fails."""
    meeting.admit(meeting.wait(meeting.ben))
    with django_capture_on_commit_callbacks() as callbacks, meeting.hosting():
        act(session=meeting.session, by=meeting.thea.user)
    *first, last = (callback.__module__ for callback in callbacks)
    assert len(first) >= 2
    assert set(first) == {relay.__name__}
    assert last == notify.__name__


@pytest.mark.parametrize(("private", "away"), [(False, False), (True, True)])
def test_not_private_or_away_sends_nothing(
    meeting: Meeting, seated: Admission, private: bool, away: bool
) -> None:
    shows(meeting, seated, private=private, away=away)
    assert sendable(seated) == NOTHING
    shows(meeting, seated)
    assert sendable(seated) == BOTH


def test_who_said_that_they_are_not_alone_is_heard_only_once_they_are(meeting: Meeting) -> None:
    meeting.open_doors()
    meeting.answer(meeting.ana, alone=False)
    attempt = meeting.attempt(meeting.ana)
    with meeting.ana.acting():
        waiting = services.arrive(attempt=attempt, connection=attempt.user.pk, mode=SeatMode.VIDEO)
    assert waiting is not None
    admitted = meeting.admit(waiting)
    assert sendable(admitted) == NOTHING
    shows(meeting, admitted)
    assert Source.MIC in sendable(admitted)


def test_a_group_without_cameras_forwards_none(meeting: Meeting) -> None:
    meeting.group.camera_policy = CameraPolicy.OFF
    meeting.group.save()
    meeting.open_doors()
    seated = meeting.admit(meeting.wait(meeting.ana))
    shows(meeting, seated)
    assert sendable(seated) == {Source.MIC}


@pytest.mark.parametrize("what", ["sign_in", "account", "membership"])
def test_a_lease_is_not_renewed_for_what_has_ended(
    meeting: Meeting, seated: Admission, what: str
) -> None:
    now = timezone.now()
    if what == "sign_in":
        meeting.ana.sign_out()
    elif what == "account":
        meeting.ana.user.suspended_at = now
        meeting.ana.user.save()
    else:
        membership = meeting.ana.user.memberships.get()
        membership.state, membership.suspended_at = "suspended", now
        membership.save()
    assert permit_of(seated.pk) is None


def test_when_no_host_is_left_nobody_is_let_in(meeting: Meeting) -> None:
    own = meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    with meeting.thea.acting():
        assert own.connection is not None
        services.lose_connection(admission=own, connection=own.connection)
    assert meeting.now().host_absent_since is not None
    assert meeting.now().admits_nobody
    waiting.refresh_from_db()
    assert waiting.state == AdmissionState.WAITING


def test_the_same_device_restores_the_host_and_the_session(
    meeting: Meeting, seated: Admission
) -> None:
    own = Admission.objects.get(user=meeting.thea.user)
    with meeting.thea.acting():
        assert own.connection is not None
        services.lose_connection(admission=own, connection=own.connection)
        services.arrive(
            attempt=meeting.attempt(meeting.thea), connection=own.pk, mode=SeatMode.VIDEO
        )
    assert meeting.now().host_absent_since is None
    seated.refresh_from_db()
    assert seated.is_seated


def absent_for(meeting: Meeting, minutes: float) -> None:
    own = Admission.objects.get(user=meeting.thea.user)
    with meeting.thea.acting():
        services.leave(admission=own)
    since = timezone.now() - timedelta(minutes=minutes)
    Session.objects.filter(pk=meeting.session.pk).update(host_absent_since=since)


def test_after_five_minutes_without_a_host_all_wait_again(
    meeting: Meeting, seated: Admission
) -> None:
    absent_for(meeting, 4.9)
    with by_itself():
        services.keep_all_sessions()
    seated.refresh_from_db()
    assert seated.is_seated
    absent_since = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(pk=meeting.session.pk).update(host_absent_since=absent_since)
    with by_itself():
        services.keep_all_sessions()
    seated.refresh_from_db()
    assert seated.state == AdmissionState.RETURNED_TO_WAITING
    again = Admission.objects.get(user=meeting.ana.user, ended_at=None)
    assert again.state == AdmissionState.WAITING


def test_hosts_do_not_wait_when_everybody_is_returned(meeting: Meeting, seated: Admission) -> None:
    """A host whose page hangs keeps an admission without a socket for a while."""
    own = Admission.objects.get(user=meeting.thea.user)
    with meeting.thea.acting():
        assert own.connection is not None
        services.lose_connection(admission=own, connection=own.connection)
    since = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(pk=meeting.session.pk).update(host_absent_since=since)
    with by_itself():
        services.keep_all_sessions()
    own.refresh_from_db()
    assert own.state == AdmissionState.LEFT
    assert not Admission.objects.filter(user=meeting.thea.user, ended_at=None).exists()
    with meeting.thea.acting():
        back = services.arrive(
            attempt=meeting.attempt(meeting.thea), connection=uuid4(), mode=SeatMode.VIDEO
        )
    assert back is not None
    assert back.is_seated


def test_no_member_ever_becomes_host(meeting: Meeting, seated: Admission) -> None:
    absent_for(meeting, 10)
    with meeting.ana.acting(), pytest.raises(NotAHost):
        services.take_host_seat(
            attempt=meeting.attempt(meeting.ana), connection=seated.pk, mode=SeatMode.VIDEO
        )
    with meeting.ana.acting(), pytest.raises(NotAHost):
        services.unlock_session(session=meeting.session, by=meeting.ana.user)


def test_a_session_ends_by_itself_when_its_window_has_closed(
    meeting: Meeting, seated: Admission
) -> None:
    past = timezone.now() - timedelta(hours=3)
    Session.objects.filter(pk=meeting.session.pk).update(
        opens_at=past, closes_at=past + timedelta(hours=1)
    )
    with by_itself():
        services.keep_all_sessions()
    assert meeting.now().state == SessionState.ENDED
    seated.refresh_from_db()
    assert seated.state == AdmissionState.LEFT


def test_nobody_ends_a_session_by_itself_before_its_time(meeting: Meeting) -> None:
    meeting.open_doors()
    with by_itself(), pytest.raises(NotAHost):
        services.end_session(session=meeting.session)


def test_open_doors_cannot_be_cancelled(meeting: Meeting) -> None:
    meeting.open_doors()
    with meeting.hosting(), pytest.raises(TransitionRefused):
        services.cancel_session(session=meeting.session)


def test_locations_are_deleted_after_thirty_days(meeting: Meeting) -> None:
    from sessions_app.models import PreJoin

    prejoin = meeting.answer(meeting.ana).prejoin
    with by_itself():
        assert not services.locations_are_due()
        old = timezone.now() - timedelta(days=31)
        PreJoin.objects.filter(pk=prejoin.pk).update(created_at=old)
        assert services.locations_are_due()
        assert services.purge_locations() == 1
        assert not services.locations_are_due()
    kept = PreJoin.objects.get(pk=prejoin.pk)
    assert (kept.location, kept.call_back, kept.environment) == ("", "", None)


def test_everybody_lets_the_newcomer_go_first_and_nobody_else(
    meeting: Meeting, django_capture_on_commit_callbacks: Any
) -> None:
    meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    assert waiting.connection is not None
    layer: Any = get_channel_layer()
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(notify.session_channel(meeting.session.pk), channel)
    with django_capture_on_commit_callbacks(execute=True):
        admitted = meeting.admit(waiting)
    told = {"type": "session.changed", "first": waiting.connection.hex}
    assert async_to_sync(layer.receive)(channel) == told
    with django_capture_on_commit_callbacks(execute=True), meeting.hosting():
        services.return_to_waiting(
            session=meeting.session, admission=admitted.pk, by=meeting.thea.user
        )
    assert async_to_sync(layer.receive)(channel) == {"type": "session.changed"}
