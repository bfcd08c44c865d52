"""What breaks comes back by itself, admits nobody on the way, and one person has one seat."""

import time

from config.development import cast
from tests.e2e import arriving
from tests.e2e.world import PASSPHRASE, World

# What the product decides: half a second to notice, a third to spread the pages. The rest of
# the way to the picture is a process's start; `make bench BENCH=recovery` measures the whole.
ASKED_WITHIN_SECONDS = 3.0


def test_after_the_relays_death_every_page_asks_anew_soon_and_pictures_come_back(
    world: World,
) -> None:
    meeting = world.meet(cast.ANA)
    ben = world.comes(cast.BEN, meeting.path)
    meeting.everybody_sees_and_hears_everybody()

    killed_at = time.time()
    world.stack.kill("relay")
    for room in (*meeting.rooms.values(), ben):
        assert room.asked_anew_at(killed_at) - killed_at < ASKED_WITHIN_SECONDS
    world.stack.restart("relay")

    for room in meeting.rooms.values():
        room.is_in_phase("room")
    meeting.everybody_sees_and_hears_everybody(seconds=25)
    ben.stays_in_phase("waiting")
    meeting.end()


def test_pictures_come_back_after_the_web_process_was_killed(world: World) -> None:
    """Nobody is told of this death: pages find out by themselves."""
    meeting = world.meet(cast.ANA)
    ben = world.comes(cast.BEN, meeting.path)
    meeting.everybody_sees_and_hears_everybody()

    world.stack.kill("web")
    world.stack.restart("web")

    for room in meeting.rooms.values():
        room.is_in_phase("room")
    meeting.everybody_sees_and_hears_everybody(seconds=60)
    ben.stays_in_phase("waiting")
    meeting.end()


def test_a_second_device_takes_over_only_when_told_to(world: World) -> None:
    meeting = world.meet(cast.ANA)
    meeting.everybody_sees_and_hears_everybody()
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
