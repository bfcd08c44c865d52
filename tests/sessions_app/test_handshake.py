"""Whoever may not know a session gets one and the same answer, and the log knows why."""

from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async

from config.errors import page
from sessions_app import services
from sessions_app.states import BlockScope, DecisionReason
from tests.audit.database import refusing_log
from tests.cast import MALLORY, TOM, Visit, group_of, member_of, staff
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.socket import Socket

in_db = sync_to_async


async def refusal(visit: Visit | None, session: UUID, **given: Any) -> list[dict[str, Any]]:
    """The raw answer, from a server that can send a page before it accepts."""
    socket = Socket(visit, session, **given)
    socket.wire.scope["extensions"] = {"websocket.http.response": {}}
    await socket.wire.send_input({"type": "websocket.connect"})
    start = await socket.wire.receive_output(5)
    assert start["type"] == "websocket.http.response.start", start
    return [start, await socket.wire.receive_output(5)]


async def test_everybody_who_may_not_know_gets_the_same_bytes(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    nowhere = uuid4()
    mallory = await in_db(make_mallory)()
    ben = await in_db(remove_ben)(meeting)
    here = meeting.session.pk
    answers = [
        await refusal(meeting.ana, nowhere),
        await refusal(mallory, here),
        await refusal(mallory, nowhere),
        await refusal(ben, here),
        await refusal(None, here),
        await refusal(meeting.ana, here, origin="http://testserver.evil.example"),
        await refusal(meeting.ana, here, origin="https://testserver"),
        await refusal(meeting.ana, here, origin="http://testserver:8001"),
        await refusal(meeting.ana, here, origin="null"),
        await refusal(meeting.ana, here, origin=None),
    ]
    assert all(answer == answers[0] for answer in answers)
    start, body = answers[0]
    assert start["status"] == 404
    assert body["body"] == page("404").encode()


async def test_the_control_one_member_gets_in(committed_meeting: Meeting) -> None:
    async with Socket(committed_meeting.ana, committed_meeting.session.pk):
        pass


async def test_a_server_without_pages_refuses_alike(committed_meeting: Meeting) -> None:
    assert not await Socket(None, committed_meeting.session.pk).open()
    assert not await Socket(committed_meeting.ana, uuid4()).open()


async def test_no_entry_no_socket(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    with_log = refusing_log()
    await in_db(with_log.__enter__)()
    assert not await Socket(meeting.ana, meeting.session.pk).open()
    await in_db(with_log.__exit__)(None, None, None)
    async with Socket(meeting.ana, meeting.session.pk):
        pass


async def test_a_locked_or_ended_sign_in_opens_nothing(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    await in_db(meeting.ana.sign_out)()
    assert not await Socket(meeting.ana, meeting.session.pk).open()
    assert await opens(meeting.ben, meeting.session.pk)


async def opens(visit: Visit, session: UUID) -> bool:
    socket = Socket(visit, session)
    is_open = await socket.open()
    await socket.close()
    return is_open


def make_mallory() -> Visit:
    tom = staff(TOM)
    return member_of(group_of(tom, name="Morning circle"), MALLORY, invited_by=tom)


def remove_ben(meeting: Meeting) -> Visit:
    meeting.open_doors()
    seated = meeting.admit(meeting.wait(meeting.ben))
    with meeting.hosting():
        services.remove_participant(
            session=meeting.session,
            admission=seated.pk,
            by=meeting.thea.user,
            scope=BlockScope.SESSION,
            reason=DecisionReason.SAFETY,
        )
    return meeting.ben
