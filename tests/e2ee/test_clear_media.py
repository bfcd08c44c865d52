"""The trap: Chromium ignores a transform that comes too late, and media would leave in clear."""

import asyncio
from typing import Any

import pytest

from media_relay.control import InProcessControl
from tests.e2ee.member import ChromiumMember, group_of
from tests.media_relay.browser import chromium
from tests.media_relay.desk import Desk

pytestmark = pytest.mark.timeout(120)


def sent_bytes(now: dict[str, Any]) -> int:
    return sum(int(line["bytes"]) for line in now["sent"].values())


async def test_a_page_that_sets_its_transforms_too_late_is_caught_and_stops(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        thea = await ChromiumMember.opens(browser, page_address, "Thea")
        await group_of(thea)
        await thea.connects(relay, desk, build="late")
        await relay.seat(desk.seat("Thea", 1))
        now = await thea.until(lambda now: "clear-media" in now["troubles"])
        assert sent_bytes(now) > 0, "Chromium has changed: this build did not leak"
        await thea.until(lambda now: now["liveTracks"] == 0)


async def test_the_product_sends_as_much_and_is_not_caught(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        thea = await ChromiumMember.opens(browser, page_address, "Thea")
        await group_of(thea)
        await thea.connects(relay, desk)
        await relay.seat(desk.seat("Thea", 1))
        await thea.until(lambda now: sent_bytes(now) > 50_000)
        # Two rounds of the check, which runs every second.
        await asyncio.sleep(2.5)
        now = await thea.report()
        assert now["troubles"] == []
        assert now["liveTracks"] == 2


async def test_a_page_that_forgets_its_transforms_sends_nothing_at_all(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        thea = await ChromiumMember.opens(browser, page_address, "Thea")
        await group_of(thea)
        await thea.connects(relay, desk, build="forgotten")
        await relay.seat(desk.seat("Thea", 1))
        await asyncio.sleep(2.5)
        now = await thea.report()
        assert sent_bytes(now) == 0
        assert now["troubles"] == []


async def test_without_a_group_nothing_leaves(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    """The worker is asked for each frame and lets none pass; with a group the same page sends."""
    async with chromium() as browser:
        thea = await ChromiumMember.opens(browser, page_address, "Thea")
        await thea.connects(relay, desk)
        await relay.seat(desk.seat("Thea", 1))
        now = await thea.until(lambda now: now["workers"]["0"]["dropped"] > 50)
        assert sent_bytes(now) == 0
        await group_of(thea)
        await thea.until(lambda now: sent_bytes(now) > 10_000)
