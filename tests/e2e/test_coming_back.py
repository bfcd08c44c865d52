"""Reloads, second tabs, lost browsers: the seat is kept, the keys come again, the call goes on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from config.development import cast
from tests.e2e import arriving, staff
from tests.e2e.looks import judge_as_it_stands
from tests.e2e.person import Person
from tests.e2e.room import SOON, Room
from tests.e2e.world import Meeting, World

FORGET_EVERYTHING = """async () => {
  sessionStorage.clear();
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
}"""

HOLD_LOCK = """name => {
  void navigator.locks.request(name, () => new Promise(() => {}));
}"""


@pytest.fixture(scope="module")
def call(world: World) -> Iterator[Meeting]:
    """Thea and Ana, whose one call goes on through all that happens here."""
    meeting = world.meet(cast.ANA)
    meeting.everybody_sees_and_hears_everybody()
    yield meeting
    meeting.end()


def test_a_reload_keeps_the_seat_and_the_code_changes_for_all(world: World, call: Meeting) -> None:
    before, seats = code_of_all(call), call[cast.THEA].order()
    world[cast.ANA].page.reload()
    call[cast.ANA].is_in_phase("room")
    call.everybody_sees_and_hears_everybody()
    assert call[cast.THEA].order() == seats
    assert code_of_all(call) != before


def test_a_therapist_who_reloads_goes_on_with_the_same_group(world: World, call: Meeting) -> None:
    """Nobody is asked anything: the browser kept the group and the visits that it had let in."""
    world[cast.THEA].page.reload()
    call[cast.THEA].is_in_phase("room")
    call.everybody_sees_and_hears_everybody()
    expect(give_key(call)).to_have_count(0)


def test_a_second_tab_takes_over_and_the_first_takes_it_back(world: World, call: Meeting) -> None:
    """Two tabs of one browser are one device: nothing is asked, and the new one is silent."""
    first, seats = call[cast.ANA], call[cast.THEA].order()
    second = Room(world[cast.ANA].context.new_page())
    second.page.goto(f"{call.path}room/")
    second.is_in_phase("room")
    first.is_in_phase("closed")
    second.turns_on("mic", "camera")
    call.rooms[cast.ANA] = second
    call.everybody_sees_and_hears_everybody()

    first.page.reload()
    first.is_in_phase("room")
    second.is_in_phase("closed")
    call.rooms[cast.ANA] = first
    call.everybody_sees_and_hears_everybody()
    assert call[cast.THEA].order() == seats
    second.page.close()


def test_a_tab_that_does_not_let_go_of_the_keys_is_named(world: World, call: Meeting) -> None:
    """A page that hangs keeps its lock: two with one ratchet would repeat each other's keys."""
    ana = call[cast.ANA]
    hanging = world[cast.ANA].context.new_page()
    hanging.goto("/")
    hanging.evaluate(HOLD_LOCK, f"quietroom-e2ee/{ana.element.get_attribute('data-membership')}")
    ana.page.reload()
    try:
        expect(ana.page.locator('[data-notice="keys-other-tab"]')).to_be_visible(timeout=SOON)
        judge_as_it_stands(ana.page)
    finally:
        hanging.close()
    ana.page.get_by_role("button", name="Go on here").click()
    ana.is_in_phase("room")
    call.everybody_sees_and_hears_everybody()


def test_a_therapist_whose_browser_forgot_everything_begins_a_new_group(
    world: World, call: Meeting
) -> None:
    """The page no longer knows whom its host let in, so the host's own hand gives each key."""
    before = code_of_all(call)
    page = world[cast.THEA].page
    page.goto("/groups/")
    page.evaluate(FORGET_EVERYTHING)
    call.rooms[cast.THEA] = arriving.go_in(world[cast.THEA], call.path, phase="room")
    expect(give_key(call)).to_be_visible(timeout=SOON)
    for viewer in (cast.THEA, cast.ANA):
        judge_as_it_stands(call[viewer].page)
    give_key(call).click()
    call[cast.THEA].turns_on("mic", "camera")
    call.everybody_sees_and_hears_everybody()
    assert code_of_all(call) != before


def test_a_co_therapist_goes_on_when_the_therapist_is_gone(world: World, call: Meeting) -> None:
    """Tom lets Ben in: the key that Ben gets is from Tom's browser."""
    tom = come_in_as_co_therapist(world)
    call.rooms[cast.TOM] = arriving.go_in(tom, call.path, phase="room")
    give_key(call).click()
    call.everybody_sees_and_hears_everybody()

    call.rooms.pop(cast.THEA).page.goto("about:blank")
    call.rooms[cast.BEN] = world.comes(cast.BEN, call.path)
    call[cast.TOM].admit(cast.BEN.true_name)
    call[cast.BEN].is_in_phase("room")
    call.everybody_sees_and_hears_everybody()
    call.rooms[cast.THEA] = arriving.go_in(world[cast.THEA], call.path, phase="room")
    call[cast.THEA].sees_and_hears(cast.BEN.alias)


def code_of_all(meeting: Meeting) -> str:
    """The one number that everybody compares now; the therapist begins and ends it."""
    thea = meeting[cast.THEA]
    thea.compare()
    (code,) = {room.code() for room in meeting.rooms.values()}
    thea.page.locator('[data-act="compare-done"]').click()
    for room in meeting.rooms.values():
        expect(room.page.locator("qr-code")).to_be_hidden(timeout=SOON)
    return code


def give_key(meeting: Meeting) -> Locator:
    return meeting[cast.THEA].page.locator('[data-act="give-key"]')


def come_in_as_co_therapist(world: World) -> Person:
    staff.invite_staff(world[cast.ADA], cast.TOM, "Therapist")
    tom = world.newcomer(cast.TOM)
    tom.join_by_invitation()
    staff.name_co_therapist(world[cast.ADA], world.group, cast.TOM)
    arriving.sign_papers(tom)
    return tom
