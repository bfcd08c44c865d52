"""Members who are in the group see and hear each other; nobody else opens a single frame."""

import asyncio
from statistics import correlation
from typing import Any

import pytest

from media_relay.control import InProcessControl
from tests.e2ee.member import GROUP, LARGE, ChromiumMember, commit, deliver, group_of
from tests.media_relay.browser import chromium
from tests.media_relay.desk import Desk

pytestmark = pytest.mark.timeout(120)


def is_seen_and_heard(now: dict[str, Any], place: int) -> bool:
    audio, video = now["lines"].get(str(3 + place), {}), now["lines"].get(str(18 + place), {})
    return bool(audio.get("samples", 0) > 24_000 and video.get("frames", 0) > 10)


async def sees_the_camera(member: ChromiumMember) -> bool:
    """Whether line 18 looks like this page's own camera: Chromium's test camera gives all the same.

    Its mouth opens and shuts, so two looks at one moment differ, but never as noise does.
    """
    for _ in range(20):
        seen, own = await member.call("picture", "18"), await member.call("picture", "1")
        if min(len(set(seen)), len(set(own))) > 1 and correlation(seen, own) > 0.7:
            return True
        await asyncio.sleep(0.2)
    return False


def opened(now: dict[str, Any]) -> int:
    return sum(line["opened"] for line in now["workers"].values())


def arrived(now: dict[str, Any]) -> int:
    return sum(line["entered"] for mid, line in now["workers"].items() if int(mid) > 2)


async def test_three_members_see_and_hear_each_other_under_one_code(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        people = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Ana", "Ben")
        ]
        await group_of(*people)
        for seat, member in enumerate(people, start=1):
            await member.connects(relay, desk)
            await relay.seat(desk.seat(member.alias, seat))
        for member in people:
            now = await member.until(lambda now: all(is_seen_and_heard(now, at) for at in (0, 1)))
            assert now["troubles"] == []
            assert await sees_the_camera(member)
            others = {other.admission for other in people if other is not member}
            assert {now["senders"]["18"], now["senders"]["19"]} == others
        codes = {(await member.report())["view"]["code"] for member in people}
        assert len(codes) == 1


async def test_each_frame_that_left_had_been_sealed_by_the_worker_on_every_layer(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        thea = await ChromiumMember.opens(browser, page_address, "Thea")
        await group_of(thea)
        await thea.connects(relay, desk, video=LARGE)
        await relay.seat(desk.seat("Thea", 1))
        await thea.call("wakeLayers")
        layers = [f"1/{rid}" for rid in ("h", "m", "l")]
        now = await thea.until(
            lambda now: all(now["sent"].get(layer, {}).get("frames", 0) > 15 for layer in layers),
            seconds=60,
        )
        # A frame counts as sent when it is encoded, a moment before the worker has it; a layer that
        # passed the worker by would never be caught up with.
        now = await thea.until(
            lambda now: (
                now["workers"]["1"]["entered"]
                >= sum(now["sent"][layer]["frames"] for layer in layers)
            ),
            seconds=30,
        )
        worker = now["workers"]["1"]
        assert len(worker["enteredBySsrc"]) == 3
        # What the worker held back was at most what came before the first key.
        assert worker["entered"] - worker["sealed"] == worker["dropped"] == 0
        assert now["troubles"] == []


async def test_who_was_never_admitted_decodes_nothing_of_what_the_relay_sends(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    """The relay is hostile: it gives Mallory everybody's packets. Ana is the control."""
    async with chromium() as browser:
        thea, ana, mallory, tap = [
            await ChromiumMember.opens(browser, page_address, who)
            for who in ("Thea", "Ana", "Mallory", "Tap")
        ]
        await group_of(thea, ana)
        await mallory.call("create", GROUP, mallory.identity)
        for seat, member in enumerate((thea, ana, mallory), start=1):
            await member.connects(relay, desk)
            await relay.seat(desk.seat(member.alias, seat))
        await tap.connects(relay, desk, build="plain")
        await relay.seat(desk.seat("Tap", 4))
        await ana.until(lambda now: now["lines"].get("18", {}).get("frames", 0) > 30)
        got_nothing = await mallory.until(lambda now: arrived(now) > 60)
        assert opened(got_nothing) == 0
        assert all(line["frames"] == 0 for line in got_nothing["lines"].values())
        # Without a transform the decoder is fed ciphertext behind VP8's clear bytes. It may take
        # some of it for frames: never for the picture.
        await tap.until(lambda now: now["lines"].get("18", {}).get("packets", 0) > 60)
        assert await sees_the_camera(ana)
        assert not await sees_the_camera(tap)


async def test_the_same_tap_decodes_a_call_that_is_not_encrypted(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    async with chromium() as browser:
        thea, tap = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Tap")
        ]
        for seat, member in enumerate((thea, tap), start=1):
            await member.connects(relay, desk, build="plain")
            await relay.seat(desk.seat(member.alias, seat))
        await tap.until(lambda now: is_seen_and_heard(now, 0))
        assert await sees_the_camera(tap)


async def test_a_removed_member_opens_no_frame_of_the_new_epoch(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    """The relay goes on sending to Ben, and withholds the commit from him; Ana is the control."""
    async with chromium() as browser:
        thea, ana, ben = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Ana", "Ben")
        ]
        await group_of(thea, ana, ben)
        for seat, member in enumerate((thea, ana, ben), start=1):
            await member.connects(relay, desk)
            await relay.seat(desk.seat(member.alias, seat))
        await ben.until(lambda now: is_seen_and_heard(now, 0))
        made = await commit(thea, remove=[ben])
        await deliver(made, to=[ana])
        for member in (thea, ana):
            await member.until(lambda now: now["told"]["switched"] == made.epoch + 1)
        # What was sealed before the switch is still on its way.
        await asyncio.sleep(0.5)
        before, seen = opened(await ben.report()), opened(await ana.report())
        stopped = await ben.until(lambda now: now["troubles"] == ["missing-commit"])
        assert opened(stopped) == before
        await ana.until(lambda now: opened(now) > seen + 30)


def sealed(now: dict[str, Any]) -> int:
    return sum(line["sealed"] for line in now["workers"].values())


async def test_who_is_kept_from_a_removal_stops_sending_until_it_comes(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    """Otherwise Ben, removed, would go on seeing Ana for as long as the server likes."""
    async with chromium() as browser:
        thea, ana, ben = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Ana", "Ben")
        ]
        await group_of(thea, ana, ben)
        for seat, member in enumerate((thea, ana), start=1):
            await member.connects(relay, desk)
            await relay.seat(desk.seat(member.alias, seat))
        await ana.until(lambda now: opened(now) > 30)
        made = await commit(thea, remove=[ben])
        await ana.until(lambda now: now["troubles"] == ["missing-commit"], seconds=20)
        stopped = sealed(await ana.report())
        await asyncio.sleep(0.5)
        assert sealed(await ana.report()) == stopped
        await deliver(made, to=[ana])
        await ana.until(lambda now: sealed(now) > stopped + 30)
