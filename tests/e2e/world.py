"""The people of a run, how they came in, and the sessions in which they meet."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Playwright, expect

from config.development import cast
from config.development.stack import Stack
from tests.chromium import how_to_launch
from tests.e2e import arriving, staff
from tests.e2e.mailbox import Mailbox
from tests.e2e.person import Person
from tests.e2e.room import SOON, Room

PASSPHRASE = "copper heron window"
GROUP = "Thursday circle"


@dataclass(slots=True)
class World:
    """The stack and the people who walked in; `group` is the path of Thea's group."""

    stack: Stack
    browser: Browser
    people: dict[str, Person] = field(default_factory=dict)
    group: str = ""

    def newcomer(self, person: cast.Person) -> Person:
        made = Person(self.browser, self.stack.origin, Mailbox(self.stack.mail_folder), person)
        self.people[person.name] = made
        return made

    @contextmanager
    def second_device(self, person: cast.Person) -> Iterator[Person]:
        """Another browser of the same person, which shares their passkeys."""
        device = Person(self.browser, self.stack.origin, Mailbox(self.stack.mail_folder), person)
        self[person].sync_passkeys_to(device)
        try:
            device.sign_in()
            yield device
            device.sync_passkeys_to(self[person])
        finally:
            device.close()

    def comes(self, person: cast.Person, session: str) -> Room:
        """Signs what is due, walks through the gates and waits."""
        arriving.sign_papers(self[person])
        return arriving.arrive(self[person], session, passphrase=PASSPHRASE)

    def meet(self, *members: cast.Person) -> "Meeting":
        """A new session of Thea's group, the doors open and these members admitted."""
        meeting = Meeting(staff.plan_session(self[cast.THEA], self.group))
        rooms = {person: self.comes(person, meeting.path) for person in (cast.THEA, *members)}
        meeting.rooms.update(rooms)
        meeting[cast.THEA].open_doors()
        for person in members:
            meeting[cast.THEA].admit(person.true_name)
        for room in rooms.values():
            room.is_in_phase("room")
        return meeting

    def take_pictures(self, name: str) -> None:
        for person in self.people.values():
            person.page.screenshot(path=f"test-results/{name}-{person.cast.name}.png")

    def __getitem__(self, person: cast.Person) -> Person:
        return self.people[person.name]


@dataclass(slots=True)
class Meeting:
    """One session: the path of its link, and the room page of everybody in it."""

    path: str
    rooms: dict[cast.Person, Room] = field(default_factory=dict)

    def __getitem__(self, person: cast.Person) -> Room:
        return self.rooms[person]

    def everybody_sees_and_hears_everybody(self, *, seconds: float = 20) -> None:
        for viewer, room in self.rooms.items():
            for other in self.rooms.keys() - {viewer}:
                room.sees_and_hears(other.alias, seconds=seconds)

    def end(self) -> None:
        self[cast.THEA].act("end")
        expect(self[cast.THEA].page).to_have_url(re.compile(f"{self.path}left/$"), timeout=SOON)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(**how_to_launch())


def walk_in(world: World) -> None:
    """From Ada's invitation alone to a group whose members have signed."""
    world.stack.manage("invite_admin", cast.ADA.email)
    ada = world.newcomer(cast.ADA)
    ada.join_by_invitation()
    staff.invite_staff(ada, cast.THEA, "Therapist")
    thea = world.newcomer(cast.THEA)
    thea.join_by_invitation()
    world.group = staff.make_group(ada, GROUP, cast.THEA)
    staff.publish_agreement(thea, world.group)
    staff.set_passphrase(thea, world.group, PASSPHRASE)
    arriving.sign_papers(thea)
    for member in (cast.ANA, cast.BEN):
        staff.invite_member(thea, world.group, member)
        person = world.newcomer(member)
        person.join_by_invitation()
        arriving.sign_papers(person)
