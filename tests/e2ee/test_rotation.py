"""Keys change twenty times in a running call, and those who stay go on seeing each other."""

import pytest

from media_relay.control import InProcessControl
from tests.e2ee.member import ChromiumMember, group_of
from tests.e2ee.rotation import received, rotate
from tests.media_relay.browser import chromium
from tests.media_relay.desk import Desk

pytestmark = pytest.mark.timeout(120)
COMES_AND_GOES = 10


async def test_ten_admissions_and_ten_removals_cost_those_who_stay_no_frame(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        thea, ana, ben = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Ana", "Ben")
        ]
        await group_of(thea, ana)
        for seat, member in enumerate((thea, ana), start=1):
            await member.connects(relay, desk)
            await relay.seat(desk.seat(member.alias, seat))
        for member in (thea, ana):
            await member.until(lambda now: received(now, "opened") > 60)
        epoch = (await ana.report())["view"]["epoch"]
        done = await rotate(thea, ana, ben, COMES_AND_GOES)
        assert done.changes == 2 * COMES_AND_GOES
        assert done.refused == 0
        # A commit that took longer than frames wait is the machine's doing, and is seen as such.
        assert done.keyless == 0 or done.late > 0
        for member in (thea, ana):
            now = await member.report()
            assert now["view"]["epoch"] == epoch + done.changes
            assert now["troubles"] == []
