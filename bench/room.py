"""The largest room of real browsers that this machine carries, and what the relay does meanwhile.

`python -m bench.room` opens pages of one Chromium, each with a tiny fake camera and a microphone,
in one room of `manage.py relay`; everybody decodes everybody else. The room grows by two until
a tile falls below the frames a second that still look like a moving person. The browsers, not the
relay, are what ends it: the relay's own share is told. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Browser

from bench.relay_load.quietroom import Quietroom
from bench.relay_load.server import cpu_seconds
from media_relay.control import RelayRefused
from media_relay.tickets import MAX_SEATS
from tests.media_relay.browser import BrowserPeer, chromium
from tests.media_relay.desk import Desk

WIDTH = 160
RENEW_SECONDS = 20
SETTLE_SECONDS = 8
# Of 15 a second that the camera gives: below this faces jump.
LEAST_FRAMES = 7.0
MOST_CONCEALED = 0.10
HEAD = (
    f"{'pages':<7}{'tiles':>6}{'frames/s':>10}{'slowest':>9}{'concealed %':>13}"
    f"{'relay cores':>13}{'µs/packet':>11}"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One size of room, over one measured stretch."""

    pages: int
    seconds: float
    tiles: int
    frames_median: float
    frames_slowest: float
    concealed: float
    relay_cores: float
    microseconds_per_packet: float

    @property
    def is_carried(self) -> bool:
        every = self.tiles == self.pages * (self.pages - 1)
        return every and self.frames_slowest >= LEAST_FRAMES and self.concealed <= MOST_CONCEALED

    def __str__(self) -> str:
        return (
            f"{self.pages:<7}{self.tiles:>6}{self.frames_median:>10.1f}{self.frames_slowest:>9.1f}"
            f"{100 * self.concealed:>13.1f}{self.relay_cores:>13.2f}"
            f"{self.microseconds_per_packet:>11.1f}"
        )


class Circle:
    """The room as it grows."""

    def __init__(self, browser: Browser, relay: Quietroom, desk: Desk) -> None:
        self._browser = browser
        self._relay = relay
        self._desk = desk
        self._peers: list[BrowserPeer] = []

    async def grow_to(self, pages: int) -> None:
        while len(self._peers) < pages:
            person = uuid4().hex
            peer = await BrowserPeer.arrive(
                self._browser, person, self._relay.control, self._desk, width=WIDTH
            )
            self._peers.append(peer)
            await self._relay.control.seat(self._desk.seat(person, len(self._peers)))

    async def renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for place, peer in enumerate(self._peers, start=1):
                with suppress(RelayRefused):
                    await self._relay.control.move(self._desk.seat(peer.person, place))

    async def measure(self, seconds: float) -> Stretch:
        loop = asyncio.get_running_loop()
        before, used = await self._lines(), cpu_seconds(self._relay.pids)
        began = loop.time()
        await asyncio.sleep(seconds)
        used = cpu_seconds(self._relay.pids) - used
        elapsed = loop.time() - began
        after = await self._lines()
        gained = [_gained(*pair) for pair in zip(before, after, strict=True)]
        frames = [tile["frames"] / elapsed for page in gained for tile in page if tile["frames"]]
        heard = sum(tile["samples"] for page in gained for tile in page)
        concealed = sum(tile["concealed"] for page in gained for tile in page)
        packets = sum(tile["packets"] for page in gained for tile in page)
        return Stretch(
            pages=len(self._peers),
            seconds=elapsed,
            tiles=len(frames),
            frames_median=statistics.median(frames) if frames else 0.0,
            frames_slowest=min(frames, default=0.0),
            concealed=concealed / max(1, heard + concealed),
            relay_cores=used / elapsed,
            microseconds_per_packet=used / max(1, packets) * 1e6,
        )

    async def _lines(self) -> list[dict[str, Any]]:
        return [(await peer.counters())["lines"] for peer in self._peers]


def _gained(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, float]]:
    nothing: dict[str, float] = {}
    return [
        {name: value - before.get(mid, nothing).get(name, 0) for name, value in line.items()}
        for mid, line in after.items()
    ]


async def main(seconds: float, first: int, engine: str) -> int:
    desk = Desk(session=uuid4().hex)
    carried: Stretch | None = None
    print(HEAD, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="quietroom-bench-") as folder:
        relay = Quietroom(Path(folder), engine, key=desk.key)
        await relay.start()
        try:
            async with chromium() as browser, growing(Circle(browser, relay, desk)) as circle:
                for pages in range(first, MAX_SEATS + 1, 2):
                    stretch = await grown(circle, pages, seconds)
                    if stretch is None or not stretch.is_carried:
                        break
                    carried = stretch
        finally:
            await relay.stop()
    if carried is None:
        print(json.dumps({"largest_room": 0, "first_tried": first}))
        return 1
    print(f"\n{HEAD}\n{carried}")
    told = {name: round(value, 3) for name, value in asdict(carried).items()}
    print(json.dumps({"largest_room": carried.pages, "engine": engine, **told}))
    return 0


async def grown(circle: Circle, pages: int, seconds: float) -> Stretch | None:
    """None when the machine did not even let so many pages in."""
    try:
        await circle.grow_to(pages)
    except (AssertionError, RelayRefused) as reason:
        print(f"{pages} pages could not all join: {reason}", file=sys.stderr)
        return None
    await asyncio.sleep(SETTLE_SECONDS)
    stretch = await circle.measure(seconds)
    print(stretch, file=sys.stderr, flush=True)
    return stretch


@asynccontextmanager
async def growing(circle: Circle) -> AsyncIterator[Circle]:
    renewing = asyncio.create_task(circle.renew())
    try:
        yield circle
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.room", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each size of room")
    parser.add_argument("--first", type=int, default=8, help="pages to begin with")
    parser.add_argument("--engine", default="auto", help="auto, fast or reference")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.seconds, given.first, given.engine)))
