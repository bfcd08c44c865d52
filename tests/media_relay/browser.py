"""Real Chromium as a client, driven page by page through Playwright's async API."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Route, async_playwright

from media_relay.control import RelayControl
from tests.chromium import how_to_launch
from tests.media_relay.desk import Desk

SCRIPT = (Path(__file__).parent / "page.js").read_text()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**how_to_launch())
        try:
            yield browser
        finally:
            await browser.close()


class BrowserPeer:
    """One page in a call."""

    def __init__(self, person: str, page: Page) -> None:
        self.person = person
        self.page = page

    @classmethod
    async def arrive(
        cls, browser: Browser, person: str, relay: RelayControl, desk: Desk, *, width: int = 320
    ) -> "BrowserPeer":
        """The page of somebody who waits: transport up, nothing mapped.

        Chromium sends one layer of a camera of 320 by 180, and three from 960 by 540.
        """
        page = await browser.new_page()
        await page.route("**/*", _empty_page)
        await page.goto("http://localhost/")
        await page.add_script_tag(content=SCRIPT)
        peer = cls(person, page)
        answer = await relay.open_transport(
            desk.transport(person), await page.evaluate("width => offer({ width })", width)
        )
        await page.evaluate("sdp => accept(sdp)", answer)
        await peer.until(lambda now: bool(now["state"] == "connected"))
        return peer

    async def counters(self) -> dict[str, Any]:
        return dict(await self.page.evaluate("counters()"))

    async def until(
        self, holds: Callable[[dict[str, Any]], bool], seconds: float = 20
    ) -> dict[str, Any]:
        """The counters once they fulfil the claim; fails with the last ones."""
        return await counters_once(self.counters, holds, seconds)


async def counters_once(
    counters: Callable[[], Awaitable[dict[str, Any]]],
    holds: Callable[[dict[str, Any]], bool],
    seconds: float,
) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        now = await counters()
        if holds(now):
            return now
        assert time.monotonic() < deadline, now
        await asyncio.sleep(0.1)


async def _empty_page(route: Route) -> None:
    await route.fulfill(body="<!doctype html><title>Room</title>", content_type="text/html")
