"""One encrypted call with both browsers: each has its own transforms, counters and storage."""

from collections.abc import AsyncIterator, Iterator

import pytest

from config.development.home import own_addresses
from media_relay.control import InProcessControl
from tests.e2ee.firefox_member import FirefoxMember
from tests.e2ee.member import ChromiumMember, Member, group_of
from tests.e2ee.test_call import is_seen_and_heard
from tests.firefox import Firefox, firefox
from tests.media_relay.browser import chromium
from tests.media_relay.desk import Desk

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture
async def reachable_relay(desk: Desk) -> AsyncIterator[InProcessControl]:
    """Firefox pairs with no loopback address, so the relay also has the machine's own."""
    node = desk.node(*own_addresses())
    await node.start()
    yield InProcessControl(node)
    await node.close()


async def test_firefox_and_chromium_see_and_hear_each_other_encrypted(
    reachable_relay: InProcessControl, desk: Desk, fox: Firefox, page_address: str
) -> None:
    async with chromium() as browser:
        thea = await ChromiumMember.opens(browser, page_address, "Thea")
        ana = await FirefoxMember.opens_in(fox, page_address, "Ana")
        ben = await FirefoxMember.opens_in(fox, page_address, "Ben")
        people: list[Member] = [thea, ana, ben]
        await group_of(*people)
        for seat, member in enumerate(people, start=1):
            await member.connects(reachable_relay, desk)
            await reachable_relay.seat(desk.seat(member.alias, seat))
        for member in people:
            now = await member.until(lambda now: all(is_seen_and_heard(now, at) for at in (0, 1)))
            assert now["troubles"] == []
        codes = {(await member.report())["view"]["code"] for member in people}
        assert len(codes) == 1
