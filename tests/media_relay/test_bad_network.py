"""Real browsers behind a bad line: loss is repaired both ways, and a path may move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from media_relay.control import InProcessControl
from tests.media_relay.browser import BrowserPeer, chromium
from tests.media_relay.desk import Desk
from tests.media_relay.network import Network

pytestmark = pytest.mark.timeout(120)
# A machine that is busy sends the top layer late, and each probe that it disturbs is a pause.
WIDE_SECONDS = 75.0
# As the signalling side does: a lease is a minute, and such a wait may be longer.
RENEW_SECONDS = 20.0
NARROW_SECONDS = 10
LAYER_OF_WIDTH = {240: "1/l", 480: "1/m", 960: "1/h"}


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


@pytest.mark.parametrize(("loss", "concealed"), [(0.05, 0.07), (0.10, 0.14)])
async def test_loss_each_way_over_a_long_road_is_repaired(
    far_relay: InProcessControl, network: Network, desk: Desk, loss: float, concealed: float
) -> None:
    """Without repair the share of concealed sound would be twice the loss, and a frame in two
    would not be whole. Receivers need some seconds to wait long enough for repairs."""
    async with chromium() as browser:
        peers = [
            await BrowserPeer.arrive(browser, who, far_relay, desk, width=960)
            for who in ("thea", "ana")
        ]
        network.delay = 0.050
        for seat, peer in enumerate(peers, start=1):
            await far_relay.seat(desk.seat(peer.person, seat))
        for peer in peers:
            await peer.until(partial(has_seen, frames=10))
        network.up_loss = network.down_loss = loss
        await asyncio.sleep(5)
        before = [await peer.counters() for peer in peers]
        await asyncio.sleep(8)
        for peer, old in zip(peers, before, strict=True):
            now = await peer.counters()
            video, audio = (_since(old, now, mid) for mid in ("18", "3"))
            assert video["retransmitted"] > 0
            assert now["sent"]["1/l"]["retransmitted"] > 0
            assert video["frames"] > 40
            assert video["freezes"] <= 8
            assert audio["concealed"] < concealed * (audio["samples"] + audio["concealed"])


@pytest.mark.parametrize(("rate", "widest"), [(150_000, 240), (450_000, 480)])
async def test_a_narrow_line_keeps_sound_and_a_picture_that_fits(
    far_relay: InProcessControl, network: Network, desk: Desk, rate: int, widest: int
) -> None:
    """The other side, on a wide line, is the control: it gets a larger picture."""
    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", far_relay, desk, width=960)
        ana = await BrowserPeer.arrive(browser, "ana", far_relay, desk, width=960)
        network.delay = 0.050
        network.narrow(network.browsers[1], rate)
        async with seated(far_relay, desk, thea, ana):
            await ana.until(partial(has_seen, frames=20))
            await thea.until(lambda now: width_of(now) > widest, WIDE_SECONDS)
            old = [await peer.counters() for peer in (ana, thea)]
            await asyncio.sleep(NARROW_SECONDS)
            now = [await peer.counters() for peer in (ana, thea)]
            narrow, wide = (_since(*pair, "18") for pair in zip(old, now, strict=True))
            audio = _since(old[0], now[0], "3")
            # A camera that a busy machine slows down may fit with its larger layers too.
            layer = LAYER_OF_WIDTH[width_of(now[0])]
            sent = now[1]["sent"][layer]["bytes"] - old[1]["sent"][layer]["bytes"]
            assert width_of(now[0]) <= widest or 8 * sent / NARROW_SECONDS < rate
            assert narrow["frames"] > 40
            # A machine that is busy freezes both.
            assert narrow["freezes"] <= wide["freezes"] + 3
            assert audio["concealed"] < 0.15 * (audio["samples"] + audio["concealed"])


async def test_a_line_of_three_megabits_gets_the_top_layer(
    far_relay: InProcessControl, network: Network, desk: Desk
) -> None:
    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", far_relay, desk, width=960)
        ana = await BrowserPeer.arrive(browser, "ana", far_relay, desk, width=960)
        network.delay = 0.050
        network.narrow(network.browsers[1], 3_000_000)
        async with seated(far_relay, desk, thea, ana):
            await ana.until(lambda now: width_of(now) == 960, WIDE_SECONDS)


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


@asynccontextmanager
async def seated(relay: InProcessControl, desk: Desk, *peers: BrowserPeer) -> AsyncIterator[None]:
    """Everybody has a seat, and its lease is renewed."""
    for seat, peer in enumerate(peers, start=1):
        await relay.seat(desk.seat(peer.person, seat))

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for seat, peer in enumerate(peers, start=1):
                await relay.move(desk.seat(peer.person, seat))

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()


def has_seen(now: dict[str, Any], frames: int) -> bool:
    return bool(now["lines"].get("18", {}).get("frames", 0) > frames)


def width_of(now: dict[str, Any]) -> int:
    return int(now["lines"].get("18", {}).get("width", 0))


def _since(before: dict[str, Any], now: dict[str, Any], mid: str) -> dict[str, float]:
    """What one line's counters rose by."""
    old, new = before["lines"][mid], now["lines"][mid]
    return {name: new[name] - old[name] for name in new}
