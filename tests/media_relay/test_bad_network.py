"""Real browsers behind a bad line: loss is repaired both ways, and a path may move."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from media_relay.control import InProcessControl
from tests.media_relay.browser import BrowserPeer, chromium
from tests.media_relay.desk import Desk
from tests.media_relay.network import Network

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
async def network(desk: Desk) -> AsyncIterator[Network]:
    network = Network()
    yield network
    network.close()


@pytest.fixture
async def far_relay(desk: Desk, network: Network) -> AsyncIterator[InProcessControl]:
    """A relay whose advertised port is the network's, not its own."""
    node = desk.node(advertised_port=network.port)
    await node.start()
    network.open(node.port)
    yield InProcessControl(node)
    await node.close()


async def test_loss_of_five_per_cent_each_way_is_repaired(
    far_relay: InProcessControl, network: Network, desk: Desk
) -> None:
    async with chromium() as browser:
        peers = [await BrowserPeer.arrive(browser, who, far_relay, desk) for who in ("thea", "ana")]
        network.up_loss = network.down_loss = 0.05
        network.delay = 0.015
        for seat, peer in enumerate(peers, start=1):
            await far_relay.seat(desk.seat(peer.person, seat))
        await asyncio.sleep(10)
        for peer in peers:
            now = await peer.counters()
            video, audio = now["lines"]["18"], now["lines"]["3"]
            assert video["retransmitted"] > 0
            assert now["sent"]["1/h"]["retransmitted"] > 0
            assert video["frames"] > 60
            assert video["keyFrames"] <= 5
            assert audio["samples"] > 5 * 48_000


async def test_the_uplink_estimate_does_not_starve(far_relay: InProcessControl, desk: Desk) -> None:
    """Without feedback Chromium's estimate falls from 300 to 80 kbit/s within six seconds."""
    async with chromium() as browser:
        peers = [await BrowserPeer.arrive(browser, who, far_relay, desk) for who in ("thea", "ana")]
        for seat, peer in enumerate(peers, start=1):
            await far_relay.seat(desk.seat(peer.person, seat))
        await asyncio.sleep(7)
        for peer in peers:
            assert (await peer.counters())["available"] > 250_000


async def test_lips_and_voice_come_together(far_relay: InProcessControl, desk: Desk) -> None:
    """Browsers align the two only by sender reports on one clock."""

    def are_together(now: dict[str, Any]) -> bool:
        audio, video = (now["lines"].get(mid, {}).get("playout") for mid in ("3", "18"))
        return bool(audio and video and abs(audio - video) < 200)

    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", far_relay, desk)
        ana = await BrowserPeer.arrive(browser, "ana", far_relay, desk)
        for seat, peer in enumerate((thea, ana), start=1):
            await far_relay.seat(desk.seat(peer.person, seat))
        await asyncio.sleep(3)
        await thea.until(are_together)


async def test_a_call_survives_a_new_port_of_the_nat(
    far_relay: InProcessControl, network: Network, desk: Desk
) -> None:
    async with chromium() as browser:
        peers = [await BrowserPeer.arrive(browser, who, far_relay, desk) for who in ("thea", "ana")]
        for seat, peer in enumerate(peers, start=1):
            await far_relay.seat(desk.seat(peer.person, seat))
        for peer in peers:
            await peer.until(partial(has_seen, frames=10))
        network.rebind()
        for peer in peers:
            seen = (await peer.counters())["lines"]["18"]["frames"]
            await peer.until(partial(has_seen, frames=seen + 30))
            assert (await peer.counters())["state"] == "connected"


def has_seen(now: dict[str, Any], frames: int) -> bool:
    return bool(now["lines"].get("18", {}).get("frames", 0) > frames)
