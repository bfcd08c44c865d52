"""Mallory has an account, the link and the right passphrase, and gets the page for nothing."""

import pytest

from config.development import cast
from tests.e2e import staff
from tests.e2e.outside import NOWHERE, answer_of, socket_answer
from tests.e2e.person import Person
from tests.e2e.world import PASSPHRASE, World

STEPS = ("", "reminder/", "space/", "where/", "devices/", "passphrase/", "room/", "left/")


@pytest.fixture(scope="module")
def mallory(world: World) -> Person:
    """A member in good standing, of another group."""
    other = staff.make_group(world[cast.ADA], "Morning circle", cast.THEA)
    staff.publish_agreement(world[cast.THEA], other)
    staff.invite_member(world[cast.THEA], other, cast.MALLORY)
    mallory = world.newcomer(cast.MALLORY)
    mallory.join_by_invitation()
    return mallory


def test_the_link_and_the_passphrase_open_nothing(world: World, mallory: Person) -> None:
    path = staff.plan_session(world[cast.THEA], world.group)
    for step in STEPS:
        assert answer_of(mallory, path + step) == answer_of(mallory, NOWHERE + step)
        assert answer_of(mallory, path + step).status == 404
    posted = mallory.context.request.post(
        f"{path}passphrase/",
        form={"passphrase": PASSPHRASE},
        headers={"X-CSRFToken": _csrf(mallory), "Referer": mallory.origin},
    )
    assert posted.status == 404
    assert socket_answer(mallory, path) == socket_answer(mallory, NOWHERE)
    assert socket_answer(mallory, path).status == 404

    ana = world.comes(cast.ANA, path)
    assert answer_of(world[cast.ANA], path).status == 302
    ana.is_in_phase("waiting")


def test_forged_host_acts_from_a_members_socket_change_nothing(world: World) -> None:
    meeting = world.meet(cast.ANA)
    ben = world.comes(cast.BEN, meeting.path)
    card = meeting[cast.THEA].waiting_card(cast.BEN.true_name)
    admission = card.get_attribute("data-admission")

    for forger in (world[cast.ANA], world[cast.BEN]):
        forger.say(type="admit", admission=admission)
        forger.say(type="admit_all")
        forger.say(type="open_doors")
    ben.stays_in_phase("waiting")

    meeting[cast.THEA].admit(cast.BEN.true_name)
    ben.is_in_phase("room")
    meeting.end()


def _csrf(person: Person) -> str:
    return next(cookie["value"] for cookie in person.context.cookies() if cookie["name"] == "csrf")
