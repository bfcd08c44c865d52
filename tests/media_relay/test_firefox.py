"""Firefox and Chromium in one room: each numbers codecs and extensions in its own way."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from config.development.home import own_addresses
from media_relay.control import InProcessControl
from media_relay.sdp import parse_offer
from tests.firefox import Firefox, firefox
from tests.media_relay.browser import BrowserPeer, chromium
from tests.media_relay.desk import Desk
from tests.media_relay.firefox_peer import FirefoxPeer, empty_site

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[str]:
    with empty_site() as origin:
        yield origin


@pytest.fixture
async def reachable_relay(desk: Desk) -> AsyncIterator[InProcessControl]:
    """Firefox pairs with no loopback address, so the relay also has the machine's own."""
    node = desk.node(*own_addresses())
    await node.start()
    yield InProcessControl(node)
    await node.close()


def sees_and_hears(place: int) -> Any:
    def holds(now: dict[str, Any]) -> bool:
        audio, video = (now["lines"].get(str(first + place), {}) for first in (3, 18))
        return bool(audio.get("samples", 0) > 24_000 and video.get("frames", 0) > 15)

    return holds


async def test_firefox_and_chromium_see_and_hear_each_other(
    reachable_relay: InProcessControl, desk: Desk, fox: Firefox, site: str
) -> None:
    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", reachable_relay, desk)
        ana = await FirefoxPeer.arrive(fox, site, "ana", reachable_relay, desk)
        ben = await FirefoxPeer.arrive(fox, site, "ben", reachable_relay, desk)
        peers: list[BrowserPeer | FirefoxPeer] = [thea, ana, ben]
        for seat, peer in enumerate(peers, start=1):
            await reachable_relay.seat(desk.seat(peer.person, seat))
        for peer in peers:
            for place in (0, 1):
                await peer.until(sees_and_hears(place))


async def test_firefox_names_its_codecs_and_layers_otherwise_and_is_understood(
    reachable_relay: InProcessControl, desk: Desk, fox: Firefox, site: str
) -> None:
    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", reachable_relay, desk)
        ana = await FirefoxPeer.arrive(fox, site, "ana", reachable_relay, desk)
        firefoxes = parse_offer(ana.offer)
        chromiums = parse_offer(str(await thea.page.evaluate("pc.localDescription.sdp")))
    for line in (0, 1):
        theirs, ours = firefoxes.lines[line].codec, chromiums.lines[line].codec
        assert theirs.payload_type != ours.payload_type
    assert firefoxes.lines[1].rids == chromiums.lines[1].rids == ("h", "m", "l")
    assert firefoxes.extensions.transport_cc


async def test_a_removed_firefox_gets_and_gives_nothing_more(
    reachable_relay: InProcessControl, desk: Desk, fox: Firefox, site: str
) -> None:
    thea = await FirefoxPeer.arrive(fox, site, "thea", reachable_relay, desk)
    ana = await FirefoxPeer.arrive(fox, site, "ana", reachable_relay, desk)
    for seat, peer in enumerate((thea, ana), start=1):
        await reachable_relay.seat(desk.seat(peer.person, seat))
    for peer in (thea, ana):
        await peer.until(sees_and_hears(0))

    await reachable_relay.unseat("ana")
    await asyncio.sleep(0.5)
    before = [_packets(await peer.counters()) for peer in (thea, ana)]
    await asyncio.sleep(1.5)
    assert [_packets(await peer.counters()) for peer in (thea, ana)] == before


def _packets(counters: dict[str, Any]) -> dict[str, int]:
    return {mid: line["packets"] for mid, line in counters["lines"].items()}
