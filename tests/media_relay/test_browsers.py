"""Real Chromium pages meet in a room of a real relay."""

import asyncio
import time
from typing import Any

import pytest

from media_relay.control import InProcessControl
from media_relay.tickets import Source
from tests.media_relay.browser import BrowserPeer, chromium
from tests.media_relay.desk import Desk

pytestmark = pytest.mark.timeout(90)


def is_seen_and_heard(now: dict[str, Any], place: int) -> bool:
    """Frames were decoded and audio samples played on the lines of this place."""
    audio, video = now["lines"].get(str(3 + place), {}), now["lines"].get(str(18 + place), {})
    return bool(audio.get("samples", 0) > 24_000 and video.get("frames", 0) > 10)


async def test_three_pages_see_and_hear_each_other_once_seated(
    relay: InProcessControl, desk: Desk
) -> None:
    people = ["thea", "ana", "ben"]
    async with chromium() as browser:
        peers = [await BrowserPeer.arrive(browser, who, relay, desk) for who in people]
        for peer in peers:
            assert (await peer.counters())["lines"] == {}
        for seat, who in enumerate(people, start=1):
            await relay.seat(desk.seat(who, seat))
        for peer in peers:
            now = await peer.until(lambda now: all(is_seen_and_heard(now, at) for at in (0, 1)))
            assert now["srtp"] == "SRTP_AEAD_AES_128_GCM"
            assert now["sent"]["1/h"]["packets"] > 0


async def test_admission_shows_the_newcomer_at_once_and_removal_stops_media(
    relay: InProcessControl, desk: Desk
) -> None:
    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", relay, desk)
        ben = await BrowserPeer.arrive(browser, "ben", relay, desk)
        await relay.seat(desk.seat("thea", 1))
        first_frame = asyncio.create_task(thea.page.evaluate("firstFrame('18')"))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await relay.seat(desk.seat("ben", 2))
        await first_frame
        assert time.monotonic() - began < 2.0
        for peer in (thea, ben):
            await peer.until(lambda now: is_seen_and_heard(now, 0))

        await relay.unseat("ben")
        await asyncio.sleep(0.5)
        before = [await peer.counters() for peer in (thea, ben)]
        await asyncio.sleep(1.5)
        after = [await peer.counters() for peer in (thea, ben)]
        for old, new in zip(before, after, strict=True):
            assert new["state"] == "connected"
            assert _packets(old) == _packets(new)


async def test_a_source_without_a_right_is_never_seen(relay: InProcessControl, desk: Desk) -> None:
    async with chromium() as browser:
        thea = await BrowserPeer.arrive(browser, "thea", relay, desk)
        ben = await BrowserPeer.arrive(browser, "ben", relay, desk)
        await relay.seat(desk.seat("thea", 1))
        await relay.seat(desk.seat("ben", 2, may_send=frozenset({Source.MIC})))
        await ben.until(lambda now: is_seen_and_heard(now, 0))
        now = await thea.counters()
        assert now["lines"]["3"]["packets"] > 0
        assert "18" not in now["lines"]

        await relay.move(desk.seat("ben", 2))
        await thea.until(lambda now: is_seen_and_heard(now, 0))


def _packets(counters: dict[str, Any]) -> dict[str, int]:
    return {mid: line["packets"] for mid, line in counters["lines"].items()}
