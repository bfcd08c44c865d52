"""A server that wants to see: it seats whom nobody let in, mixes pictures up, holds keys back.

The relay is told by tickets that the test signs with the server's own key, and what the server
says to Ana passes through the test's hands. Each attack also runs in a group whose rule is off,
where it works.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from playwright.sync_api import expect

from config.development import cast
from config.development.stack import Stack
from media_relay.redis_control import RedisControl
from media_relay.tickets import SeatTicket, sign, signing_key
from tests.e2e.between import Between, swapped
from tests.e2e.looks import judge_as_it_stands
from tests.e2e.room import SOON, Received, Room
from tests.e2e.world import Meeting, World

AskRelay = Callable[[RedisControl], Coroutine[None, None, None]]
FREE_SEAT = 9
# Two are stated, from the first newer frame on: frames.test.ts holds them exactly. The rest is for
# the removal's own way and a slow machine, on which frames come late.
STOPPED_WITHIN = 12.0
COMMITS = ("committed", "key_group", "all_ready")
NO_COMMIT = {"type": "committed", "group": str(UUID(int=0)), "epoch": 0}
NOTE_STOP = """() => {
  const isStopped = () => document.querySelector('[data-notice="keys-missing-commit"]') !== null;
  window.stopped = new Promise((resolve) => {
    const look = () => (isStopped() ? resolve(Date.now()) : setTimeout(look, 10));
    look();
  });
}"""
WAITS = """
SELECT one.user_id, one.session_id, one.id, one.connection, room.id
FROM sessions_app_admission one JOIN sessions_app_room room ON room.session_id = one.session_id
WHERE one.session_id = %s AND one.state = 'waiting'
"""


@dataclass(slots=True)
class Call:
    """Thea and Ana sit, Ben waits; `lies` is what stands between Ana and the server."""

    meeting: Meeting
    ben: Room
    lies: Between
    is_sealed: bool

    def ben_comes_in(self) -> None:
        """With sound and picture, which a host's *Back to waiting* turns off."""
        self.meeting[cast.THEA].admit(cast.BEN.true_name)
        self.ben.is_in_phase("room")
        for source in ("mic", "camera"):
            if self.ben.control(source).get_attribute("aria-pressed") == "false":
                self.ben.control(source).click()
        self.meeting[cast.ANA].sees_and_hears(cast.BEN.alias)

    def ben_is_sent_back(self) -> None:
        self.meeting[cast.THEA].act_on(cast.BEN.alias, "return")
        self.ben.is_in_phase("waiting")


@pytest.fixture(scope="module", params=[True, False], ids=["end to end", "plain control"])
def call(request: pytest.FixtureRequest, world: World) -> Iterator[Call]:
    set_rule(world.stack, on=request.param)
    lies = Between(world[cast.ANA].page)
    meeting = world.meet(cast.ANA)
    meeting.everybody_sees_and_hears_everybody()
    yield Call(meeting, world.comes(cast.BEN, meeting.path), lies, request.param)
    meeting.end()
    lies.close(f"{meeting.path}left/")
    set_rule(world.stack, on=True)


def test_somebody_nobody_let_in_gets_every_packet_and_no_picture(world: World, call: Call) -> None:
    with seated_by_the_server(world.stack, call):
        got = received(call.ben, lambda now: now.packets > 100)
        assert got.packets > 100
        if call.is_sealed:
            assert got.frames == 0
        else:
            assert received(call.ben, lambda now: now.frames > 5).frames > 5
    call.ben.is_in_phase("waiting")


def test_mixed_up_pictures_are_nobodys(call: Call) -> None:
    """The server says that Thea's lines are Ben's, and the other way round."""
    call.ben_comes_in()
    ana = call.meeting[cast.ANA]
    tiles = [ana.tile(alias) for alias in (cast.THEA.alias, cast.BEN.alias)]
    for tile in tiles:
        expect(tile).to_have_attribute("data-video", "on", timeout=SOON)
    call.lies.change(swapped)
    call.lies.repeat("slots")
    for tile in tiles:
        shown = "off" if call.is_sealed else "on"
        expect(tile).to_have_attribute("data-video", shown, timeout=SOON)
    call.lies.end_lie()
    call.lies.repeat("slots")
    for tile in tiles:
        expect(tile).to_have_attribute("data-video", "on", timeout=SOON)
    call.ben_is_sent_back()


def test_somebody_sent_back_opens_nothing_that_follows(world: World, call: Call) -> None:
    """Ana is told of the removal: she goes on sending, under keys that Ben does not get."""
    call.ben_comes_in()
    call.ben_is_sent_back()
    before = at_rest(call.ben)
    with seated_by_the_server(world.stack, call):
        after = received(call.ben, lambda now: now.packets > before.packets + 100)
        assert after.packets > before.packets + 100
        if call.is_sealed:
            assert after.frames == before.frames
        else:
            grown = received(call.ben, lambda now: now.frames > before.frames + 5)
            assert grown.frames > before.frames + 5
    call.meeting[cast.THEA].sees_and_hears(cast.ANA.alias)


def test_who_is_kept_from_a_removal_stops_sending(call: Call) -> None:
    """The server keeps the commit that removes Ben from Ana, so that Ben could go on seeing her."""
    call.ben_comes_in()
    ana, thea = call.meeting[cast.ANA], call.meeting[cast.THEA]
    call.lies.keep(*COMMITS)
    ana.page.evaluate(NOTE_STOP)
    call.ben_is_sent_back()
    if call.is_sealed:
        stopped_at = float(ana.page.evaluate("window.stopped")) / 1000
        assert stopped_at - thea.clicked_at() < STOPPED_WITHIN
        judge_as_it_stands(ana.page)
        thea.page.wait_for_timeout(1_500)
        last = thea.heard(cast.ANA.alias)
        thea.page.wait_for_timeout(2_500)
        assert thea.heard(cast.ANA.alias).frames == last.frames
    else:
        thea.page.wait_for_timeout(4_000)
    call.lies.end_lie()
    call.meeting.everybody_sees_and_hears_everybody(seconds=40)
    expect(ana.page.locator('[data-notice="keys-missing-commit"]')).to_have_count(0)


def test_a_forged_change_of_keys_stops_the_page_and_is_named(call: Call) -> None:
    """Nobody can make a commit without the keys of the group; whoever cannot follow stops."""
    ana = call.meeting[cast.ANA]
    last = call.lies.latest("committed", NO_COMMIT)
    call.lies.say({**last, "epoch": last["epoch"] + 1, "commit": "AAAA", "own": False})
    notice = ana.page.locator('[data-notice="keys-refused-commit"]')
    if call.is_sealed:
        expect(notice).to_be_visible(timeout=SOON)
        judge_as_it_stands(ana.page)
        notice.get_by_role("button", name="Load this page again").click()
        ana.is_in_phase("room")
    call.meeting.everybody_sees_and_hears_everybody(seconds=40)
    expect(notice).to_have_count(0)


def set_rule(stack: Stack, *, on: bool) -> None:
    with psycopg.connect(stack.database_url()) as database:
        database.execute("UPDATE groups_group SET require_e2ee = %s", [on])


@contextmanager
def seated_by_the_server(stack: Stack, call: Call) -> Iterator[None]:
    """Ben has a seat at the relay that no admission stands behind."""
    call.ben.has_a_line()
    with psycopg.connect(stack.database_url()) as database:
        found: tuple[UUID, ...] | None = database.execute(
            WAITS, [call.meeting.path.split("/")[2]]
        ).fetchone()
    assert found is not None
    person, session, admission, connection, room = (one.hex for one in found)
    ticket = SeatTicket(
        jti=uuid4().hex,
        person=person,
        session=session,
        room=room,
        admission=admission,
        connection=connection,
        seat=FREE_SEAT,
        may_send=frozenset(),
        may_receive_video=True,
        expires_at=time.time() + 60,
    )
    signed = sign(ticket, signing_key(stack.home.secrets["TICKET_SIGNING_KEY"]))
    ask(stack, lambda relay: relay.seat(signed))
    yield
    ask(stack, lambda relay: relay.unseat(connection))


def ask(stack: Stack, call: AskRelay) -> None:
    """In a thread of its own: the browser's driver holds this one's event loop."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        threads.submit(asyncio.run, asked(stack.redis_url, call)).result()


async def asked(redis_url: str, call: AskRelay) -> None:
    control = RedisControl(redis_url)
    try:
        await call(control)
    finally:
        await control.close()


def received(room: Room, enough: Callable[[Received], bool], *, seconds: float = 20) -> Received:
    deadline = time.monotonic() + seconds
    while not enough(now := room.received()) and time.monotonic() < deadline:
        room.page.wait_for_timeout(250)
    return now


def at_rest(room: Room) -> Received:
    """Once nothing of what was under way comes any more."""
    before = room.received()
    while True:
        room.page.wait_for_timeout(500)
        now = room.received()
        if now == before:
            return now
        before = now
