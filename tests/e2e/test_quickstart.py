"""One whole journey against `make run`: everything in one process, with the seeded cast."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from config.development import cast
from tests.demo import Demo, running_demo
from tests.e2e.arriving import arrive
from tests.e2e.mailbox import Mailbox
from tests.e2e.person import Person
from tests.e2e.world import Meeting

PEOPLE = (cast.THEA, cast.ANA, cast.BEN)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


@pytest.fixture
def people(demo: Demo, browser: Browser) -> Iterator[dict[cast.Person, Person]]:
    """Signed in with the password that was printed and the code that `make code` gives."""
    mailbox = Mailbox(demo.home / "mail")
    people = {person: Person(browser, demo.origin, mailbox, person) for person in PEOPLE}
    for person, at_work in people.items():
        sign_in(demo, person, at_work)
    yield people
    for at_work in people.values():
        at_work.close()


def sign_in(demo: Demo, person: cast.Person, at_work: Person) -> None:
    page = at_work.page
    at_work.go("/sign-in/")
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=password]").fill(demo.password_of(person.name))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code/**")
    page.locator("input[name=code]").fill(demo.run("code", person.name))
    page.keyboard.press("Enter")
    at_work.sees_heading("Today")


def test_the_cast_of_the_demo_meets(demo: Demo, people: dict[cast.Person, Person]) -> None:
    link = people[cast.ANA].page.locator("main a[href^='/session/']").first
    path = re.sub(r"(/session/[^/]+/).*", r"\1", link.get_attribute("href") or "")
    meeting = Meeting(path)
    for person, at_work in people.items():
        meeting.rooms[person] = arrive(at_work, path, passphrase=demo.passphrase())
    thea = meeting[cast.THEA]
    thea.open_doors()
    for person in (cast.ANA, cast.BEN):
        meeting[person].stays_in_phase("waiting")
        thea.admit(person.true_name)
    for room in meeting.rooms.values():
        room.is_in_phase("room")
    meeting.everybody_sees_and_hears_everybody()
    meeting.end()
    assert [at_work.console for at_work in people.values()] == [[], [], []]
