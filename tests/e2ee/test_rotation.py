"""Keys change twenty times in a running call, and those who stay go on seeing each other."""

import asyncio
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from media_relay.control import InProcessControl
from tests.e2ee.member import ChromiumMember, commit, deliver, group_of
from tests.media_relay.browser import chromium
from tests.media_relay.desk import Desk

pytestmark = pytest.mark.timeout(120)
COMES_AND_GOES = 10
PAUSE_SECONDS = 0.3


def received(now: dict[str, Any], count: str) -> int:
    return sum(line[count] for mid, line in now["workers"].items() if int(mid) > 2)


def has_opened(now: dict[str, Any], frames: int) -> bool:
    return received(now, "opened") > frames


async def test_ten_admissions_and_ten_removals_leave_the_call_running(
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
        before = {member: await member.report() for member in (thea, ana)}
        for _ in range(COMES_AND_GOES):
            ben.admission = str(uuid4())
            came = await commit(thea, add=[ben])
            await deliver(came, to=[ana], welcomes=[ben])
            await thea.call("allReady", came.epoch + 1)
            await asyncio.sleep(PAUSE_SECONDS)
            went = await commit(thea, remove=[ben])
            await deliver(went, to=[ana, ben])
            await asyncio.sleep(PAUSE_SECONDS)
        for member, was in before.items():
            enough = received(was, "opened") + 60
            now = await member.until(partial(has_opened, frames=enough))
            assert now["view"]["epoch"] == was["view"]["epoch"] + 2 * COMES_AND_GOES
            # None on an idle machine. On a busy one a commit may take longer from page to page
            # than the 150 ms for which frames wait; without keys it would be all of them.
            lost = received(now, "dropped") - received(was, "dropped")
            assert lost < (received(now, "opened") - received(was, "opened")) / 5
            assert now["troubles"] == []
