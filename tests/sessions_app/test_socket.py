"""The session socket from outside: who may open it, and the course of a session over it."""

from asgiref.sync import sync_to_async

from media_relay.control import LayersWanted, LineQuality, LinesChanged, SeatLine
from media_relay.node import Node
from sessions_app.models import Admission, Block
from tests.media_relay.offers import offer
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.socket import Socket, sits, until

in_db = sync_to_async


async def host_of(meeting: Meeting) -> Socket:
    await in_db(meeting.answer)(meeting.thea)
    socket = Socket(meeting.thea, meeting.session.pk)
    assert await socket.open()
    await socket.hello()
    await socket.say("open_doors")
    await socket.is_told("admitted")
    return socket


async def test_a_member_waits_and_a_host_lets_them_in(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        first = await ana.hello()
        assert first["own"]["admission"] == "waiting"
        assert first["seats"] == []
        assert first["host"] is None
        assert first["session"]["host_present"] is False
        thea = await host_of(meeting)
        seen = await thea.sees(lambda heard: bool(heard["host"]["waiting"]))
        waiting = seen["host"]["waiting"][0]
        assert waiting["true_name"] == "Ana Ferreira"
        assert waiting["alias"] == "Ana"
        assert waiting["private_space"] is True
        await thea.say("admit", admission=waiting["admission"])
        admitted = await ana.is_told("admitted")
        assert [seat["alias"] for seat in admitted["seats"]] == ["Thea", "Ana"]
        assert "Ferreira" not in str(admitted)
        await thea.close()


async def test_the_transport_comes_up_while_waiting_and_nothing_is_mapped(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        await ana.say("offer", sdp=offer())
        assert "m=audio" in (await ana.hear("answer"))["sdp"]
        admission = await Admission.objects.aget(user=meeting.ana.user)
        assert relay_node.load == 1
        assert not sits(relay_node, admission)
        thea = await host_of(meeting)
        await thea.say("admit", admission=admission.pk)
        await until(lambda: sits(relay_node, admission))
        await thea.say("return", admission=admission.pk)
        await until(lambda: not sits(relay_node, admission))
        await ana.is_told("waiting")
        assert relay_node.load == 1
        await thea.close()
    await until(lambda: relay_node.load == 0)


async def test_what_a_page_looks_at_is_told_to_the_relay_and_to_every_fresh_transport(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    thea = await host_of(meeting)
    await thea.say("offer", sdp=offer())
    await thea.hear("answer")
    admission = await Admission.objects.aget(user=meeting.thea.user)
    await until(lambda: sits(relay_node, admission))
    await thea.say("view", widths=[480, 0])
    await until(lambda: widths_at(relay_node, admission) == [480, 0])
    await thea.say("offer", sdp=offer())
    await thea.hear("answer")
    await until(lambda: widths_at(relay_node, admission) == [480, 0])
    await thea.say("view", widths=[20_000])
    assert (await thea.hear("error"))["code"] == "wrong_value"
    await thea.close()


async def test_whose_line_is_weak_is_told_to_hosts_alone(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    thea = await host_of(meeting)
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        for socket in (thea, ana):
            await socket.say("offer", sdp=offer())
            await socket.hear("answer")
        people = [meeting.thea.user, meeting.ana.user]
        admissions = [await Admission.objects.aget(user=user) for user in people]
        await thea.say("admit", admission=admissions[1].pk)
        await until(lambda: all(sits(relay_node, admission) for admission in admissions))
        for admission in admissions:
            assert admission.connection is not None
            weak = LinesChanged((SeatLine(2, LineQuality.WEAK),))
            relay_node.watchers.emit(admission.connection.hex, weak)
        assert (await thea.hear("lines"))["lines"] == [{"seat": 2, "quality": "weak"}]
        await ana.say("ping")
        assert "lines" not in await ana.types_until("pong")
    await thea.close()


async def test_what_is_looked_at_of_a_camera_is_told_to_its_own_page_alone(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    thea = await host_of(meeting)
    await in_db(meeting.answer)(meeting.ana)
    async with Socket(meeting.ana, meeting.session.pk) as ana:
        await ana.hello()
        await ana.say("offer", sdp=offer())
        await ana.hear("answer")
        admission = await Admission.objects.aget(user=meeting.ana.user)
        await thea.say("admit", admission=admission.pk)
        await until(lambda: sits(relay_node, admission))
        assert admission.connection is not None
        relay_node.watchers.emit(admission.connection.hex, LayersWanted("m"))
        assert (await ana.hear("layers"))["largest"] == "m"
    await thea.say("ping")
    assert "layers" not in await thea.types_until("pong")
    await thea.close()


def widths_at(node: Node, admission: Admission) -> list[int]:
    assert admission.connection is not None
    return list(node.transport_of(admission.connection.hex).downlink.widths.values())


async def test_a_removed_member_is_closed_at_once_and_finds_404(
    committed_meeting: Meeting, relay_node: Node
) -> None:
    meeting = committed_meeting
    await in_db(meeting.answer)(meeting.ben)
    thea = await host_of(meeting)
    ben = Socket(meeting.ben, meeting.session.pk)
    await ben.open()
    await ben.hello()
    await ben.say("offer", sdp=offer())
    await ben.hear("answer")
    admission = await Admission.objects.aget(user=meeting.ben.user)
    await thea.say("admit", admission=admission.pk)
    await until(lambda: sits(relay_node, admission))
    await thea.say("remove", admission=admission.pk, scope="session", reason="disruption")
    closed = await ben.hear("closed")
    assert closed["reason"] == "removed"
    assert closed["next_url"] == f"/session/{meeting.session.pk}/left/"
    assert await ben.close_code() == 4000
    assert await Block.objects.acount() == 1
    await until(lambda: not sits(relay_node, admission))
    assert not await Socket(meeting.ben, meeting.session.pk).open()
    await ben.close()
    await thea.close()
