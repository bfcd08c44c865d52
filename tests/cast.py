"""The standing cast in tests: people who came in by invitation and enrolled a second factor."""

from django.conf import settings
from django.test import Client

from audit.context import acting_as_system
from config.development.cast import (
    ADA,
    ANA,
    BEN,
    CLEO,
    EVERYBODY,
    MALLORY,
    MAX,
    THEA,
    TOM,
    Person,
)
from config.development.walk import Visit, come_in
from consent import default_agreement
from consent.services import publish_version, save_draft
from groups.models import Group, Program
from groups.services import create_group, create_program
from groups.states import SeatRole

__all__ = [
    "ADA",
    "ANA",
    "BEN",
    "CLEO",
    "EVERYBODY",
    "MALLORY",
    "MAX",
    "PASSWORD",
    "THEA",
    "TOM",
    "Person",
    "Visit",
    "browser_of",
    "group_of",
    "member_of",
    "programme",
    "staff",
]

PASSWORD = "a long and quiet sentence"


def programme() -> Program:
    found = Program.objects.first()
    if found is not None:
        return found
    with acting_as_system("tests"):
        return create_program(name="Riverside", timezone="America/New_York")


def staff(person: Person) -> Visit:
    """A therapist, compliance officer or admin, signed in with two factors."""
    return come_in(person, password=PASSWORD, program=programme(), invited_by=None)


def group_of(host: Visit, *, name: str = "Thursday circle", is_published: bool = True) -> Group:
    """A group of this therapist, with the default agreement published and signed by its host.

    Without end-to-end encryption, which needs browsers: tests of keys turn it on.
    """
    with host.acting():
        group = create_group(
            program=programme(),
            name=name,
            host=host.user,
            host_alias=host.person.alias,
            timezone="America/New_York",
            require_e2ee=False,
        )
        if is_published:
            save_draft(group=group, text=default_agreement.default_text())
            publish_version(group=group, by=host.user)
    if is_published:
        host.sign(group)
    return group


def member_of(
    group: Group,
    person: Person,
    *,
    invited_by: Visit,
    seat_role: SeatRole = SeatRole.MEMBER,
    has_signed: bool = True,
) -> Visit:
    """A member who came in by the therapist's invitation and signed the papers."""
    visit = come_in(
        person,
        password=PASSWORD,
        program=group.program,
        invited_by=invited_by.user,
        group=group,
        seat_role=seat_role,
    )
    if has_signed:
        visit.sign(group)
    return visit


def browser_of(visit: Visit) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = visit.session.session_key or ""
    return client
