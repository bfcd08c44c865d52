"""What breaks comes back by itself, admits nobody on the way, and one person has one seat."""

import pytest

from config.development import cast
from tests.e2e import arriving
from tests.e2e.world import PASSPHRASE, World


# Pictures are back within three seconds on a machine of its own; the suite's is slower by far.
# The relay's death is told to every page; who is not told finds out after half a minute.
@pytest.mark.parametrize(("process", "seconds"), [("relay", 25), ("web", 60)])
def test_pictures_come_back_after_a_process_was_killed(
    world: World, process: str, seconds: float
) -> None:
    meeting = world.meet(cast.ANA)
    ben = world.comes(cast.BEN, meeting.path)
    meeting.everybody_sees_and_hears_everybody()

    world.stack.kill(process)
    world.stack.restart(process)

    for room in meeting.rooms.values():
        room.is_in_phase("room")
    meeting.everybody_sees_and_hears_everybody(seconds=seconds)
    ben.stays_in_phase("waiting")
    meeting.end()


def test_a_second_device_takes_over_only_when_told_to(world: World) -> None:
    meeting = world.meet(cast.ANA)
    seat = meeting[cast.THEA].order()
    with world.second_device(cast.ANA) as phone:
        here = arriving.go_in(phone, meeting.path, passphrase=PASSPHRASE, phase="second-device")
        meeting[cast.ANA].is_in_phase("room")
        if phone.page.get_by_role("link", name="Show that it is me").count():
            phone.press("Show that it is me")
            phone.step_up()
            here.is_in_phase("second-device")
        phone.press("Continue here")

        here.is_in_phase("room")
        meeting[cast.ANA].is_in_phase("closed")
        here.sees_and_hears(cast.THEA.alias)
        assert meeting[cast.THEA].order() == seat
    meeting.end()
