"""One call, two makes of browser: Thea's Chromium and Ana's Firefox."""

import time
from pathlib import Path
from typing import Any

from config.development import cast
from tests.e2e.person import Person
from tests.e2e.room import Heard
from tests.e2e.world import World
from tests.firefox import Firefox, Page, firefox

TILE = """(() => {
  const named = [...document.querySelectorAll(".tile")]
    .find((tile) => tile.querySelector(".tile__alias")?.textContent.includes("%s"));
  return [Number(named?.dataset.framesDecoded ?? 0), Number(named?.dataset.audioSamples ?? 0)];
})()"""


def test_chromium_and_firefox_have_pictures_and_sound_both_ways(
    world: World, tmp_path: Path
) -> None:
    meeting = world.meet()
    host = meeting[cast.THEA]
    world.comes(cast.ANA, meeting.path)
    world[cast.ANA].go("/")
    with firefox(tmp_path / "profile") as browser:
        page = goes_on_in(browser, world[cast.ANA], meeting.path)
        _until(page, "document.querySelector('qr-room').dataset.phase", lambda it: it == "waiting")
        host.admit(cast.ANA.true_name)
        _until(page, "document.querySelector('qr-room').dataset.phase", lambda it: it == "room")
        for source in ("mic", "camera"):
            page.evaluate(f"document.querySelector('.controls [data-act={source}]').click()")
        host.sees_and_hears(cast.ANA.alias, seconds=40)
        first = heard(page, cast.THEA.alias)
        _until(
            page,
            TILE % cast.THEA.alias,
            lambda it: it[0] > first.frames + 5 and it[1] > first.samples + 10_000,
        )
    meeting.end()


def goes_on_in(browser: Firefox, person: Person, session: str) -> Page:
    """The same sign-in in another browser, straight to the session: its gates are behind us."""
    for cookie in person.context.cookies():
        browser.set_cookie(cookie["name"], cookie["value"], cookie["domain"])
    page = browser.page()
    page.go(person.origin + session)
    return page


def heard(page: Page, alias: str) -> Heard:
    frames, samples = page.evaluate(TILE % alias)
    return Heard(int(frames), int(samples))


def _until(page: Page, expression: str, holds: Any, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not holds(now := page.evaluate(expression)):
        assert time.monotonic() < deadline, now
        time.sleep(0.2)
