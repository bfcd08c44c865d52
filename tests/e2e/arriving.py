"""The way of a person from their papers through the gates to the waiting room, screen by screen."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.person import Person
from tests.e2e.room import Room

SESSION = re.compile(r"/session/[0-9a-f-]{36}/")


def sign_papers(person: Person) -> None:
    """Every paper that is due, each with a step-up of its own."""
    person.go("/papers/")
    while person.page.get_by_role("link", name="Read and sign").count():
        person.page.get_by_role("link", name="Read and sign").first.click()
        sign_this_paper(person)
        person.go("/papers/")


def sign_this_paper(person: Person) -> None:
    person.press("Confirm that it is me")
    person.step_up()
    for box in person.page.locator("#sign input[type=checkbox]").all():
        box.check()
    person.page.get_by_label("Your full name").fill(person.cast.true_name)
    person.press("Sign the agreement")


def arrive(person: Person, session: str, *, passphrase: str = "") -> Room:
    """Through every gate that this person meets, into the waiting room."""
    return go_in(person, session, passphrase=passphrase, phase="waiting")


def go_in_until(person: Person, session: str, last: str) -> None:
    """Through the gates up to the page that lets this browser go no further."""
    person.go(session)
    _answer_gates(person, "", last=last)


def go_in(person: Person, session: str, *, passphrase: str = "", phase: str) -> Room:
    person.go(session)
    _answer_gates(person, passphrase)
    room = Room(person.page)
    room.is_in_phase(phase)
    return room


def _answer_gates(person: Person, passphrase: str, *, last: str = "room/") -> None:
    page = person.page
    answers = {
        "reminder/": lambda: page.get_by_label("I have read this").check(),
        "space/": lambda: _tick_all(person),
        "where/": lambda: _say_where(person),
        "devices/": lambda: _see_the_choices(page),
        "passphrase/": lambda: page.get_by_label("The group's passphrase").fill(passphrase),
    }
    for _ in range(len(answers) + 2):
        step = SESSION.sub("", _path(person))
        if step == last:
            return
        if step == "browser/":
            # The page asks the browser and goes on by itself.
            expect(page).not_to_have_url(re.compile("/browser/$"))
            continue
        assert step in answers, f"{person.cast.name} stands at an unknown step: {page.url}"
        answers[step]()
        before = page.url
        person.press("Go on")
        expect(page).not_to_have_url(before)
    raise AssertionError(f"{person.cast.name} did not reach the room: {page.url}")


def _see_the_choices(page: Page) -> None:
    """Without them nothing is chosen, and then nothing would be sent."""
    expect(page.locator("qr-devices input[data-start=mic]")).to_be_attached()
    camera = page.locator("qr-devices input[data-start=camera]")
    if camera.is_visible():
        camera.check()


def _path(person: Person) -> str:
    return person.page.url.removeprefix(person.origin)


def _tick_all(person: Person) -> None:
    for box in person.page.locator("main input[type=checkbox]").all():
        box.check()


def _say_where(person: Person) -> None:
    page = person.page
    page.get_by_label("Where are you now?").fill("12 Harbour Lane, Riverside")
    page.get_by_label("Which number reaches you").fill("+1 202 555 0123")
