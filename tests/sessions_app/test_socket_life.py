"""What happens to an open socket: gates, sign-outs, second devices, noise and silence."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.services.sign_ins import lock_sign_in
from audit.context import acting_as_system
from consent.models import Signature
from consent.services import withdraw_signature
from groups.services import suspend_membership
from media_relay.node import Node
from sessions_app import services
from sessions_app.models import Admission
from sessions_app.permits import permit_of, transport_ticket
from sessions_app.sockets.outbox import MAX_UNACKNOWLEDGED
from tests.audit.database import refusing_log
from tests.media_relay.offers import offer
from tests.sessions_app.meeting import Meeting, second_device
from tests.sessions_app.socket import Socket, sits, until

in_db = sync_to_async


async def test_a_new_agreement_gates_those_who_wait(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        await in_db(meeting.publish_new_agreement)()
        gate = await ana.hear("gate")
        assert gate["url"].startswith("/papers/")
        assert f"%2Fsession%2F{meeting.session.pk}%2F" in gate["url"]


async def test_a_held_back_person_stands_at_the_door(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.open_doors)()
    await in_db(meeting.wait)(meeting.ben)
    async with Socket(meeting.thea, meeting.session.pk) as thea:
        await thea.hello()
        await thea.sees(lambda heard: len(heard["host"]["waiting"]) == 1)
        await in_db(meeting.publish_new_agreement)()
        seen = await thea.sees(lambda heard: bool(heard["host"]["at_the_door"]))
        assert seen["host"]["waiting"] == []
        assert seen["host"]["at_the_door"][0]["gate"] == "papers"


async def test_sign_out_closes_the_socket_and_frees_the_relay(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    ana = Socket(meeting.ana, meeting.session.pk)
    await ana.open()
    await ana.hello()
    await ana.say("offer", sdp=offer())
    await ana.hear("answer")
    await in_db(meeting.ana.sign_out)()
    assert (await ana.hear("closed"))["reason"] == "signed_out"
    await until(lambda: relay_node.load == 0)
    assert await ana.close_code() == 4000


async def test_stepping_away_closes_the_socket_and_keeps_the_seat_for_a_minute(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    ana = Socket(meeting.ana, meeting.session.pk)
    await ana.open()
    await ana.hello()
    await in_db(lock)(meeting)
    assert (await ana.hear("closed"))["reason"] == "locked"


def lock(meeting: Meeting) -> None:
    with meeting.ana.acting():
        lock_sign_in(sign_in=meeting.ana.sign_in)


async def test_a_suspended_membership_closes_the_socket(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        await in_db(suspend)(meeting)
        assert (await ana.hear("closed"))["reason"] == "membership_ended"


def suspend(meeting: Meeting) -> None:
    with meeting.hosting():
        suspend_membership(membership=meeting.ana.user.memberships.get(), reason="pause")


async def test_a_second_device_is_told_takes_over_and_closes_the_first(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    first = Socket(meeting.ana, meeting.session.pk)
    await first.open()
    await first.hello()
    again = await in_db(second_device)(meeting.ana)
    async with Socket(again, meeting.session.pk) as second:
        await second.say("hello", mode="audio")
        told = await second.hear("second_device")
        assert told["factor_is_fresh"] is True
        assert second.snapshot == {}
        await second.say("take_over")
        await second.hear("welcome")
        assert (await second.is_told("waiting"))["own"]["role"] == "member"
        assert (await first.hear("closed"))["reason"] == "taken_over"
    await first.close()


async def test_a_second_tab_is_a_reconnect_and_replaces_the_first(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    first = Socket(meeting.ana, meeting.session.pk)
    await first.open()
    await first.hello()
    async with Socket(meeting.ana, meeting.session.pk) as second:
        await second.hello()
        assert (await first.hear("closed"))["reason"] == "replaced"
        assert await Admission.objects.acount() == 1
    await first.close()


async def test_doors_that_another_tab_has_opened_are_a_reconnect_too(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.thea)
    first = Socket(meeting.thea, meeting.session.pk)
    await first.open()
    await first.hello()
    async with Socket(meeting.thea, meeting.session.pk) as second:
        await second.hello()
        await first.say("open_doors")
        await first.is_told("admitted")
        await second.say("open_doors")
        assert (await second.is_told("admitted"))["own"]["role"] == "host"
        assert (await first.hear("closed"))["reason"] == "replaced"
        assert await Admission.objects.acount() == 1
    await first.close()


async def test_noise_gets_one_error_each_and_the_socket_goes_on(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    noise = [" ", "{}", "[1]", '{"type": "hello"}', '{"type": "end"}', "\x00", '{"type": "admit"}']
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        for text in noise:
            await ana.say_text(text)
            heard = await ana.hear("error")
            assert heard["text"]
            assert heard["next"]
        await ana.wire.send_to(bytes_data=b"\xff\xfe")
        assert (await ana.hear("error"))["code"] == "binary"
        for _ in range(80):
            await ana.say("ping")
        assert (await ana.hear("error"))["code"] == "too_fast"
        await asyncio.sleep(0.2)
        await ana.say("ping")
        await ana.hear("pong")


async def test_hostile_offers_get_one_error_and_the_old_transport_stays(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        await ana.say("offer", sdp=offer())
        await ana.hear("answer")
        for sdp in ("", "v=0", offer()[:2000], "m=audio\r\n" * 50):
            await ana.say("offer", sdp=sdp)
            assert (await ana.hear("error"))["code"].startswith("offer.")
        assert relay_node.load == 1


async def test_who_does_not_read_is_closed(committed_meeting: Meeting, relay_node: Node) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        # Each is answered, the later ones with a word about haste; none of it is read.
        for _ in range(MAX_UNACKNOWLEDGED + 1):
            await ana.say("ping")
        assert await ana.close_code() == 4008


async def test_an_unwritable_log_changes_nothing_and_says_so(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.thea)
    async with Socket(meeting.thea, meeting.session.pk) as thea:
        await thea.hello()
        log = refusing_log()
        await in_db(log.__enter__)()
        await thea.say("open_doors")
        assert (await thea.hear("error"))["code"] == "log_unavailable"
        await in_db(log.__exit__)(None, None, None)
        assert await Admission.objects.acount() == 0
        await thea.say("open_doors")
        await thea.is_told("admitted")


async def test_removal_holds_although_the_members_own_socket_hangs(
    committed_meeting: Meeting, relay_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ben's side of the server does nothing at all: the acting side asks the relay itself."""
    # Else a slow machine could see the relay drop Ben by itself.
    monkeypatch.setattr("media_relay.ice.CONSENT_SECONDS", 600.0)
    meeting = committed_meeting
    ben = await in_db(seat_without_socket)(meeting, relay_node)
    assert ben.connection is not None
    ticket = transport_ticket(
        person=ben.user_id, session=meeting.session.pk, connection=ben.connection
    )
    await relay_node.open_transport(ticket, offer())
    permit = await in_db(permit_of)(ben.pk)
    assert permit is not None
    relay_node.seat(permit.ticket())
    assert sits(relay_node, ben)
    async with Socket(meeting.thea, meeting.session.pk) as thea:
        await thea.hello()
        await thea.say("remove", admission=ben.pk, scope="session", reason="safety")
        await until(lambda: relay_node.load == 0)


def seat_without_socket(meeting: Meeting, node: Node) -> Admission:
    meeting.open_doors()
    return meeting.admit(meeting.wait(meeting.ben))


async def test_when_the_only_host_drops_the_session_locks_at_once(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    for visit in (meeting.thea, meeting.ana):
        await in_db(meeting.answer)(visit)
    thea = Socket(meeting.thea, meeting.session.pk)
    await thea.open()
    await thea.hello()
    await thea.say("open_doors")
    await thea.is_told("admitted")
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        assert (await ana.hello())["session"]["locked"] is False
        await thea.vanish()
        away = await ana.sees(lambda heard: heard["session"]["locked"])
        assert away["session"]["host_present"] is False
        async with Socket(meeting.thea, meeting.session.pk) as back:
            await back.hello()
            await ana.sees(lambda heard: not heard["session"]["locked"])


async def test_the_end_by_itself_reaches_every_socket(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        await in_db(end)(meeting)
        closed = await ana.hear("closed")
        assert closed["reason"] == "ended"
        assert closed["next_url"].endswith("/left/")


def end(meeting: Meeting) -> None:
    past = timezone.now() - timedelta(hours=3)
    session = meeting.now()
    session.opens_at, session.closes_at = past, past + timedelta(hours=1)
    session.save()
    with acting_as_system("beat"):
        services.keep_all_sessions()


async def test_withdrawn_consent_is_told_at_once_and_moves_nobody(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.open_doors)()
    ana = await in_db(lambda: meeting.admit(meeting.wait(meeting.ana)))()
    async with Socket(meeting.thea, meeting.session.pk) as thea:
        await thea.hello()
        await thea.sees(lambda heard: [one["papers"] for one in heard["host"]["seated"]] == [1, 1])
        await in_db(withdraw)(meeting)
        await thea.sees(lambda heard: [one["papers"] for one in heard["host"]["seated"]] == [1, 0])
    await ana.arefresh_from_db()
    assert ana.is_seated


def withdraw(meeting: Meeting) -> None:
    with meeting.ana.acting():
        withdraw_signature(signature=Signature.objects.get(user=meeting.ana.user))
