"""One code on every screen, words for their readers alone, and no key outside the browsers."""

import re
from collections.abc import Mapping
from uuid import UUID

import psycopg
from playwright.sync_api import Browser, expect

from config.development import cast
from config.development.stack import Stack
from tests.e2e import arriving, staff
from tests.e2e.browser_keys import BrowserKeys
from tests.e2e.looks import judge_as_it_stands
from tests.e2e.room import SOON
from tests.e2e.searching import found_on_the_server, memory_of
from tests.e2e.world import PASSPHRASE, Meeting, World

PUBLIC_WORDS = "the sentinel walks by the quiet river"
PRIVATE_WORDS = "a sentinel for the therapist alone"
KEY_ROWS = """
SELECT (SELECT count(*) FROM sessions_app_keygroup WHERE session_id = %(session)s)
+ (SELECT count(*) FROM sessions_app_keypackage package
   JOIN sessions_app_admission visit ON visit.id = package.admission_id
   WHERE visit.session_id = %(session)s)
"""
CANNOT = "delete window.RTCRtpScriptTransform;"


def test_everybody_has_one_code_and_what_they_say_and_their_keys_stay_among_them(
    world: World, browser_keys: BrowserKeys
) -> None:
    meeting = world.meet(cast.ANA, cast.BEN)
    meeting.everybody_sees_and_hears_everybody()
    assert {room.badge() for room in meeting.rooms.values()} == {"End-to-end encrypted"}
    code = _one_code(meeting)
    for viewer in (cast.THEA, cast.ANA):
        judge_as_it_stands(meeting[viewer].page)
    _talk(meeting)
    _raise_a_hand(meeting)

    ana = meeting[cast.ANA].page
    keys = browser_keys.of(ana)
    assert keys is not None
    words = {text: text.encode() for text in (PUBLIC_WORDS, PRIVATE_WORDS, code)}
    _none_is_on_the_server(world.stack, meeting, words | keys)
    assert _are_in_memory(world.browser, keys), "the search finds nothing where the keys are"
    assert _key_rows(world.stack, meeting) > 0

    meeting.end()
    for person in (cast.ANA, cast.BEN):
        world[person].sees_heading("You are out of the room")
        assert PUBLIC_WORDS not in world[person].page.content()
    assert browser_keys.of(ana) is None
    assert _key_rows(world.stack, meeting) == 0


def test_a_browser_that_cannot_encrypt_is_told_which_can(world: World) -> None:
    path = staff.plan_session(world[cast.THEA], world.group)
    with world.second_device(cast.ANA) as old:
        old.context.add_init_script(CANNOT)
        arriving.go_in_until(old, path, "browser/")
        expect(old.page.get_by_text("This browser cannot encrypt end to end.")).to_be_visible()
        expect(old.page.get_by_text("Chrome or Edge from version")).to_be_visible()
        judge_as_it_stands(old.page)
        assert old.status_of(f"{path}room/") == 302
    able = arriving.arrive(world[cast.ANA], path, passphrase=PASSPHRASE)
    able.is_in_phase("waiting")


def _one_code(meeting: Meeting) -> str:
    meeting[cast.THEA].compare()
    (code,) = {room.code() for room in meeting.rooms.values()}
    assert re.fullmatch(r"\d{30}", code)
    return code


def _talk(meeting: Meeting) -> None:
    for room in meeting.rooms.values():
        room.open_chat()
    meeting[cast.ANA].write(PRIVATE_WORDS, to_therapist=True)
    meeting[cast.ANA].write(PUBLIC_WORDS)
    for room in meeting.rooms.values():
        room.reads(PUBLIC_WORDS)
    meeting[cast.THEA].reads(PRIVATE_WORDS)
    expect(meeting[cast.BEN].page.get_by_text(PRIVATE_WORDS)).to_have_count(0)


def _raise_a_hand(meeting: Meeting) -> None:
    meeting[cast.BEN].control("hand").click()
    for viewer in (cast.THEA, cast.ANA):
        says = meeting[viewer].tile(cast.BEN.alias).locator(".tile__says")
        expect(says).to_have_text("Hand up · 1", timeout=SOON)


def _none_is_on_the_server(stack: Stack, meeting: Meeting, secrets: Mapping[str, bytes]) -> None:
    """What each place is known to hold is the control: it is found everywhere."""
    session = UUID(meeting.path.split("/")[2])
    known = {
        "the session's number": str(session).encode(),
        "the same without dashes": session.hex.encode(),
        "that the relay is ready": b"is ready",
    }
    found = found_on_the_server(stack, {**secrets, **known})
    assert [(place, names) for place, names in found.items() if not names <= known.keys()] == []
    assert [place for place, names in found.items() if not names] == []


def _are_in_memory(browser: Browser, keys: Mapping[str, bytes]) -> bool:
    """The control for the keys: each is found, as it is, in the memory of a page's process."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    left = dict(keys)
    for process in processes:
        if process["type"] == "renderer":
            for part in memory_of(process["id"]):
                left = {name: key for name, key in left.items() if key not in part}
    return not left


def _key_rows(stack: Stack, meeting: Meeting) -> int:
    """Groups and packages that the server keeps for this session."""
    with psycopg.connect(stack.database_url()) as database:
        found = database.execute(KEY_ROWS, {"session": meeting.path.split("/")[2]}).fetchone()
    return int(found[0]) if found else 0
