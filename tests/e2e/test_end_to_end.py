"""The room's keys outlive a reload: the same group goes on."""

from config.development import cast
from tests.e2e.world import World


def test_a_therapist_who_reloads_goes_on_with_the_same_group(world: World) -> None:
    meeting = world.meet(cast.ANA)
    meeting.everybody_sees_and_hears_everybody()
    assert {room.badge() for room in meeting.rooms.values()} == {"End-to-end encrypted"}
    world[cast.THEA].page.reload()
    meeting[cast.THEA].is_in_phase("room")
    meeting.everybody_sees_and_hears_everybody()
    meeting.end()
