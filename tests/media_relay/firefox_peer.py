"""A Firefox page in a call: what `browser.BrowserPeer` is for Chromium."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from media_relay.control import RelayControl
from tests.firefox import Firefox, Page
from tests.media_relay.browser import SCRIPT, counters_once
from tests.media_relay.desk import Desk


class FirefoxPeer:
    """One page; `offer` is what Firefox offered. The driver blocks, so it works in a thread."""

    def __init__(self, person: str, page: Page, offer: str) -> None:
        self.person = person
        self.offer = offer
        self._page = page

    @classmethod
    async def arrive(
        cls, browser: Firefox, origin: str, person: str, relay: RelayControl, desk: Desk
    ) -> "FirefoxPeer":
        """The page of somebody who waits: transport up, nothing mapped."""
        page = await asyncio.to_thread(browser.page)
        await asyncio.to_thread(page.go, origin)
        await asyncio.to_thread(page.add_script, SCRIPT)
        peer = cls(person, page, str(await asyncio.to_thread(page.evaluate, "offer()")))
        answer = await relay.open_transport(desk.transport(person), peer.offer)
        await asyncio.to_thread(page.evaluate, f"accept({json.dumps(answer)})")
        await peer.until(lambda now: bool(now["state"] == "connected"))
        return peer

    async def counters(self) -> dict[str, Any]:
        return dict(await asyncio.to_thread(self._page.evaluate, "counters()"))

    async def until(
        self, holds: Callable[[dict[str, Any]], bool], seconds: float = 30
    ) -> dict[str, Any]:
        """The counters once they fulfil the claim; fails with the last ones."""
        return await counters_once(self.counters, holds, seconds)


@contextmanager
def empty_site() -> Iterator[str]:
    """Cameras open only on a secure origin, and localhost is one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Room</title>")

    def log_message(self, format: str, *values: object) -> None:
        """Says nothing: a test's output is its result."""
