"""What encryption between members costs: for each frame, each commit, each admission, each load.

Two calls through one relay take turns, one encrypted and one not: a host whose camera is on, and
a newcomer whose transport is up, as for everybody who waits. This script stands in for the
delivery service and keeps its order (admit, ready, switched, mapped), so web and database are
not in these times; `bench/admission.py` measures through the whole stack.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import brotli  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Browser

from media_relay.control import InProcessControl
from tests.e2ee.member import ChromiumMember, Member, commit, deliver, group_of
from tests.e2ee.page import build_page, serve_page
from tests.e2ee.rotation import received, rotate
from tests.media_relay.browser import chromium
from tests.media_relay.desk import Desk

ROUNDS = 20
AIM_MS = 300
SIZES = (2, 8, 16)
COMMITS = 20
FRAMES = 20_000
SMALL_FRAME, LARGE_FRAME = 800, 20_000
SETTLE_SECONDS = 0.6
COMES_AND_GOES = 10
FIRST_CAMERA = "18"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_page(folder)
        with serve_page(folder) as address:
            results = asyncio.run(measure(address))
        worker = (folder / "e2ee-worker.js").read_bytes()
    results["worker_brotli_kb"] = round(len(brotli.compress(worker)) / 1000, 1)
    print(
        f"worker script{len(worker) / 1000:>40.1f} kB{results['worker_brotli_kb']:>8.1f} kB brotli"
    )
    print(json.dumps(results))


async def measure(address: str) -> dict[str, Any]:
    desk = Desk()
    node = desk.node()
    await node.start()
    try:
        async with chromium() as browser:
            costs = await measure_costs(browser, address)
        async with chromium() as browser:
            times = await measure_admissions(browser, address, InProcessControl(node), desk)
        async with chromium() as browser:
            kept = await measure_rotation(browser, address, InProcessControl(node), desk)
    finally:
        await node.close()
    return times | costs | kept


async def measure_costs(browser: Browser, address: str) -> dict[str, float]:
    page = await ChromiumMember.opens(browser, address, "Bench")
    small = await cpu_us_per_frame(browser, page, SMALL_FRAME)
    large = await cpu_us_per_frame(browser, page, LARGE_FRAME)
    print(f"{'seal and open one frame':<36}{'CPU us':>10}")
    print(f"{f'  of {SMALL_FRAME} bytes':<36}{small:>10.1f}")
    print(f"{f'  of {LARGE_FRAME} bytes':<36}{large:>10.1f}")
    print(
        f"\n{'Add commit that makes a group of':<36}{'make ms':>10}{'apply ms':>10}{'welcome':>10}"
    )
    found = {"cpu_us_per_frame": round(small, 1), "cpu_us_per_large_frame": round(large, 1)}
    for size in SIZES:
        times = await page.call("measureCommits", size, COMMITS)
        made, applied = statistics.median(times["made"]), statistics.median(times["applied"])
        found[f"commit_ms_{size}"] = round(made, 1)
        print(f"{size:<36}{made:>10.1f}{applied:>10.1f}{times['welcomeBytes']:>10}")
    return found


async def cpu_us_per_frame(browser: Browser, page: Member, size: int) -> float:
    """CPU of all threads of the page's process: the browser's own cryptography runs beside."""
    await page.call("measureFrames", FRAMES // 10, size)
    session = await browser.new_browser_cdp_session()
    before = await renderers_cpu(session)
    await page.call("measureFrames", FRAMES, size)
    return (await renderers_cpu(session) - before) / FRAMES * 1e6


async def renderers_cpu(session: Any) -> float:
    """Seconds. Any: Playwright has no types for what a browser answers."""
    found = await session.send("SystemInfo.getProcessInfo")
    return float(sum(one["cpuTime"] for one in found["processInfo"] if one["type"] == "renderer"))


async def measure_admissions(
    browser: Browser, address: str, relay: InProcessControl, desk: Desk
) -> dict[str, Any]:
    plain = await call(browser, address, relay, desk, "plain")
    sealed = await call(browser, address, relay, desk, "product")
    times: dict[str, list[float]] = {"plain": [], "product": []}
    for number in range(1, ROUNDS + 1):
        for build, (host, newcomer) in (("plain", plain), ("product", sealed)):
            took = await admitted_again(relay, desk, host, newcomer, build)
            times[build].append(took)
        pair = (times["plain"][-1], times["product"][-1])
        print(f"{number:>3}  {pair[0]:>8.0f}  {pair[1]:>8.0f}", file=sys.stderr, flush=True)
    return report_admissions(times)


async def call(
    browser: Browser, address: str, relay: InProcessControl, desk: Desk, build: str
) -> tuple[Member, Member]:
    """A host in the seat with the camera on, and somebody who waits."""
    host, newcomer = [
        await ChromiumMember.opens(browser, address, f"{who}-{build}") for who in ("Thea", "Ana")
    ]
    await group_of(host)
    for member in (host, newcomer):
        await member.connects(relay, desk, build=build)
    await relay.seat(desk.seat(host.alias, 1, room=build))
    return host, newcomer


async def admitted_again(
    relay: InProcessControl, desk: Desk, host: Member, newcomer: Member, build: str
) -> float:
    """Milliseconds from the act of admission to the newcomer's first picture."""
    first = asyncio.create_task(newcomer.call("nextFrame", FIRST_CAMERA))
    newcomer.admission = str(uuid4())
    await asyncio.sleep(SETTLE_SECONDS)
    began = time.time()
    if build == "product":
        made = await commit(host, add=[newcomer])
        await deliver(made, welcomes=[newcomer])
        await host.call("allReady", made.epoch + 1)
        await host.until(lambda now: now["told"]["switched"] == made.epoch + 1)
    await relay.seat(desk.seat(newcomer.alias, 2, room=build))
    took = float(await first) - began * 1000
    await asyncio.sleep(SETTLE_SECONDS)
    await relay.unseat(newcomer.alias)
    if build == "product":
        await commit(host, remove=[newcomer])
        await newcomer.call("drop")
    return took


async def measure_rotation(
    browser: Browser, address: str, relay: InProcessControl, desk: Desk
) -> dict[str, Any]:
    """What two who stay lose while a third is let in and removed, again and again."""
    host, stays, guest = [
        await ChromiumMember.opens(browser, address, who) for who in ("Host", "Stays", "Guest")
    ]
    await group_of(host, stays)
    for seat, member in enumerate((host, stays), start=1):
        await member.connects(relay, desk)
        await relay.seat(desk.seat(member.alias, seat, room="rotation"))
    for member in (host, stays):
        await member.until(lambda now: received(now, "opened") > 60)
    done = await rotate(host, stays, guest, COMES_AND_GOES)
    lost = done.keyless + done.refused
    print(f"\n{f'{done.changes} changes of keys':<36}{'frames':>10}{'lost':>10}{'freezes':>10}")
    print(f"{'':<36}{done.opened + lost:>10}{lost:>10}{done.freezes:>10}")
    return {
        "rotation_frames": done.opened + lost,
        "rotation_lost": lost,
        "rotation_freezes": done.freezes,
        "rotation_commit_ms_max": round(max(done.took) * 1000, 1),
    }


def report_admissions(times: dict[str, list[float]]) -> dict[str, Any]:
    print(f"\n{'admission to the first picture':<36}{'median ms':>10}{'p90':>8}{'max':>8}")
    for name, build in (("without encryption", "plain"), ("with encryption", "product")):
        values = times[build]
        tenths = statistics.quantiles(values, n=10)
        row = f"{statistics.median(values):>10.0f}{tenths[-1]:>8.0f}{max(values):>8.0f}"
        print(f"{name:<36}{row}")
    return {
        "admit_to_frame_ms_median": round(statistics.median(times["product"]), 1),
        "admit_to_frame_plain_ms_median": round(statistics.median(times["plain"]), 1),
        "rounds": ROUNDS,
        "aim_ms": AIM_MS,
    }


if __name__ == "__main__":
    main()
