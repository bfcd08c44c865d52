"""A therapist and two members meet: from one invitation to pictures and sound on every side."""

from config.development import cast
from tests.e2e.arriving import arrive
from tests.e2e.room import Room
from tests.e2e.staff import plan_session
from tests.e2e.world import PASSPHRASE, Meeting, World


def test_three_people_meet_and_see_and_hear_each_other(world: World) -> None:
    path = plan_session(world[cast.THEA], world.group)

    ana = arrive(world[cast.ANA], path, passphrase=PASSPHRASE)
    ana.stays_in_phase("waiting")
    thea = arrive(world[cast.THEA], path)
    thea.open_doors()
    thea.is_in_phase("room")
    ben = arrive(world[cast.BEN], path, passphrase=PASSPHRASE)
    ana.stays_in_phase("waiting")

    thea.admit(cast.ANA.true_name)
    ana.is_in_phase("room")
    ben.stays_in_phase("waiting")
    thea.admit(cast.BEN.true_name)
    ben.is_in_phase("room")

    meeting = Meeting(path, {cast.THEA: thea, cast.ANA: ana, cast.BEN: ben})
    meeting.everybody_sees_and_hears_everybody()
    assert thea.order() == ana.order() == ben.order()
    _members_read_aliases_only(ana)
    meeting.end()
    for person in (cast.ANA, cast.BEN):
        world[person].sees_heading("You are out of the room")
    assert [world[person].console for person in meeting.rooms] == [[], [], []]


def _members_read_aliases_only(room: Room) -> None:
    """The alias itself is the control."""
    content = room.page.content()
    assert cast.BEN.alias in content
    assert cast.BEN.true_name not in content
    assert cast.THEA.true_name not in content
