"""Acts that meet: none undoes what another has just committed, and none stops the rest."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.utils import timezone

from groups.states import SeatRole
from media_relay.node import Node
from sessions_app import notify, queries, services
from sessions_app.errors import OnAnotherDevice
from sessions_app.messages.keys import Committed, KeyGroupState
from sessions_app.models import Admission, Session
from sessions_app.routing import websocket
from sessions_app.sockets.keys import KeyReader
from sessions_app.states import AdmissionState, KeyStanding, SeatMode, SessionState
from tests.cast import TOM
from tests.sessions_app import socket
from tests.sessions_app.keys import found, let_in_a_commit_ago
from tests.sessions_app.meeting import Meeting, by_itself, one_more, second_device
from tests.sessions_app.races import AfterReading, at_one_moment
from tests.sessions_app.socket import Socket
from tests.trail import recorded


def test_who_steps_away_while_all_are_muted_stays_away(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    ana = meeting.admit(meeting.wait(meeting.ana))

    def step_away() -> None:
        with meeting.ana.acting():
            services.set_presence(admission=ana, mic=True, camera=True, private=True, away=True)

    stepping_away = AfterReading('JOIN "sessions_app_seat"', step_away)
    with connection.execute_wrapper(stepping_away), meeting.hosting():
        services.mute_all(session=meeting.session, by=meeting.thea.user)
    assert stepping_away.is_done
    ana.seat.refresh_from_db()
    assert ana.seat.away
    assert not ana.seat.may_send_mic


@pytest.mark.parametrize("role", [SeatRole.MEMBER, SeatRole.COHOST])
def test_two_tabs_at_once_share_one_place(committed_meeting: Meeting, role: SeatRole) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    tom = one_more(meeting, TOM, role)
    attempt = meeting.answer(tom)

    def open_tab() -> UUID:
        with tom.acting():
            own = services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)
        assert own is not None
        return own.pk

    first, second = at_one_moment(meeting.session, open_tab, open_tab)
    assert first == second
    assert Admission.objects.get(user=tom.user).is_live


def test_a_host_who_waits_elsewhere_opens_no_doors_here(meeting: Meeting) -> None:
    """They came as a member, and became a co-host while they waited."""
    meeting.wait(meeting.ana)
    meeting.ana.user.memberships.update(role=SeatRole.COHOST)
    other = second_device(meeting.ana)
    with other.acting(), pytest.raises(OnAnotherDevice):
        services.open_doors(attempt=meeting.attempt(other), connection=uuid4(), mode=SeatMode.VIDEO)
    assert not meeting.now().doors_are_open


def come_back(meeting: Meeting, admission: Admission) -> None:
    with meeting.ana.acting():
        services.resume_place(
            attempt=meeting.attempt(meeting.ana), admission=admission, connection=uuid4()
        )


def beat_again(meeting: Meeting, admission: Admission) -> None:
    assert admission.connection is not None
    assert services.keep_alive(admission_id=admission.pk, connection=admission.connection)


def go(meeting: Meeting, admission: Admission) -> None:
    with meeting.ana.acting():
        services.leave(admission=admission)


@pytest.mark.parametrize(
    ("meanwhile", "reasons"),
    [(come_back, []), (beat_again, []), (go, ["own_wish"])],
)
def test_the_sweep_looks_again_before_it_ends_a_place_and_goes_on(
    committed_meeting: Meeting,
    meanwhile: Callable[[Meeting, Admission], None],
    reasons: list[str],
) -> None:
    meeting = committed_meeting
    ana, ben = meeting.wait(meeting.ana), meeting.wait(meeting.ben)
    Admission.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=2))
    change = AfterReading('FROM "sessions_app_admission"', lambda: meanwhile(meeting, ana))
    with connection.execute_wrapper(change), by_itself():
        assert services.sweep_lost() == 1
    assert change.is_done
    ana.refresh_from_db()
    ben.refresh_from_db()
    assert ana.is_live == (not reasons)
    assert ben.state == AdmissionState.LEFT
    assert [entry["reason"] for entry in recorded("media.left")] == [*reasons, "connection_lost"]


def test_a_session_that_its_host_ends_keeps_no_other_from_its_end(
    committed_meeting: Meeting,
) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    over = meeting.session.opens_at - timedelta(hours=3)
    with meeting.hosting():
        other = services.schedule_session(
            group=meeting.group,
            by=meeting.thea.user,
            opens_at=over,
            closes_at=over + timedelta(hours=1),
            timezone=meeting.session.timezone,
        )
    Session.objects.filter(pk=meeting.session.pk).update(
        opens_at=over - timedelta(hours=1), closes_at=over
    )

    def end() -> None:
        with meeting.hosting():
            services.end_session(session=meeting.session, by=meeting.thea.user)

    ending = AfterReading('FROM "sessions_app_session"', end)
    with connection.execute_wrapper(ending), by_itself():
        services.keep_all_sessions()
    assert ending.is_done
    other.refresh_from_db()
    assert other.state == SessionState.ENDED
    assert [entry["reason"] for entry in recorded("session.ended")] == ["by_host", "window_closed"]


def test_commits_that_go_with_their_group_during_a_reading_are_no_fault(
    committed_meeting: Meeting,
) -> None:
    meeting = committed_meeting
    group, ana = let_in_a_commit_ago(meeting)
    reader = KeyReader(has_asked=True)
    before = queries.key_state(meeting.session.pk)
    found(meeting, instead_of=group.pk)
    assert Committed not in [type(one) for one in reader.news(ana, before, is_host=False)]
    afterwards = queries.key_state(meeting.session.pk)
    assert afterwards is not None
    told = reader.news(ana, afterwards, is_host=False)
    assert [(one.group, one.standing) for one in told if isinstance(one, KeyGroupState)] == [
        (afterwards.group.pk, KeyStanding.NONE)
    ]


def test_sockets_that_cannot_be_told_keep_nothing_else_from_being_done(
    committed_db: str, settings: Any
) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }
    done: list[bool] = []
    with transaction.atomic():
        notify.session_changed(uuid4())
        notify.keys_changed(uuid4())
        transaction.on_commit(lambda: done.append(True))
    assert done


async def test_a_page_that_is_gone_before_its_answer_holds_no_place(
    committed_meeting: Meeting, relay_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_gone = False

    async def served(scope: Any, receive: Any, send: Any) -> None:
        async def send_while_there(message: Any) -> None:
            if is_gone:
                raise OSError
            await send(message)

        await websocket(scope, receive, send_while_there)

    meeting = committed_meeting
    await sync_to_async(meeting.open_doors)()
    await sync_to_async(meeting.answer)(meeting.ana)
    monkeypatch.setattr(socket, "websocket", served)
    page = Socket(meeting.ana, meeting.session.pk)
    assert await page.open()
    is_gone = True
    await page.say("hello", mode="video")
    with suppress(OSError):
        await page.wire.future
    waiting = await Admission.objects.aget(user=meeting.ana.user)
    assert waiting.connection is None
