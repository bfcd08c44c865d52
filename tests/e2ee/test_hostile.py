"""A server that shows old pictures again, founds its own group, or has a member who helps it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from media_relay.control import InProcessControl
from media_relay.rtp import parse_rtp
from tests.e2ee.member import GROUP, SESSION, ChromiumMember, Commit, commit, deliver, group_of
from tests.media_relay.browser import chromium, counters_once
from tests.media_relay.desk import Desk
from tests.media_relay.packets import wire
from tests.media_relay.wire_peer import WirePeer

pytestmark = pytest.mark.timeout(120)
FIRST_SOUND = 3
OPUS = 111
# What the answer promised for the microphone of a peer that speaks the wire itself.
OWN_SOUND = 1111
REPLAYED = 40


def received(now: dict[str, Any], count: str) -> int:
    return sum(line[count] for mid, line in now["workers"].items() if int(mid) > 2)


async def test_what_the_relay_plays_again_opens_once_on_whatever_line(
    relay: InProcessControl, desk: Desk, page_address: str
) -> None:
    """The relay keeps Ana's sealed sound and plays it to Ben: the first time is the control."""
    async with chromium() as browser:
        ana, ben = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Ana", "Ben")
        ]
        await group_of(ana, ben)
        kept = await sound_of(ana, relay, desk)
        await ben.connects(relay, desk)
        await relay.seat(desk.seat("Ben", 1, room="replay"))
        first = await player("first", 2, relay, desk)
        await play(first, kept, begin=0)
        now = await ben.until(lambda now: received(now, "entered") >= REPLAYED)
        opened = received(now, "opened")
        assert opened == received(now, "entered") > 0

        second = await player("second", 3, relay, desk)
        for again in (first, second):
            before = received(await ben.report(), "entered")
            await play(again, kept, begin=1_000)
            now = await ben.until(
                lambda now, before=before: received(now, "entered") >= before + REPLAYED  # type: ignore[misc]  # the present one
            )
            assert received(now, "opened") == opened
        for peer in (first, second):
            peer.close()


async def sound_of(member: ChromiumMember, relay: InProcessControl, desk: Desk) -> list[bytes]:
    """Frames as they were sealed, in their order, taken where the relay gives them out."""
    tap = WirePeer("tap")
    await tap.connect(relay, desk)
    await member.connects(relay, desk)
    for seat, person in enumerate((member.alias, "tap"), start=1):
        await relay.seat(desk.seat(person, seat, room="kept"))
    await counters_once(heard_by(tap), lambda now: now["packets"] > 2 * REPLAYED, 30)
    await relay.unseat(member.alias)
    tap.close()
    packets = [parse_rtp(each) for each in tap.received if not 192 <= each[1] <= 223]
    sound = {one.sequence: one.payload for one in packets if one.ssrc == tap.ssrc(FIRST_SOUND)}
    return list(sound.values())[:REPLAYED]


def heard_by(tap: WirePeer) -> Callable[[], Awaitable[dict[str, int]]]:
    async def count() -> dict[str, int]:
        return {"packets": tap.media()[tap.ssrc(FIRST_SOUND)]}

    return count


async def player(name: str, seat: int, relay: InProcessControl, desk: Desk) -> WirePeer:
    peer = WirePeer(name)
    await peer.connect(relay, desk)
    await relay.seat(desk.seat(name, seat, room="replay"))
    return peer


async def play(peer: WirePeer, frames: list[bytes], *, begin: int) -> None:
    """At the pace of speech, under fresh numbers, as if they had just been said."""
    for sequence, frame in enumerate(frames, start=begin):
        packet = wire(
            sequence, ssrc=OWN_SOUND, payload_type=OPUS, timestamp=sequence * 960, payload=frame
        )
        peer.send_media(packet)
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("forger", ["Ben", "Thea"])
async def test_a_ghost_that_is_added_sees_only_what_a_host_let_it_see(
    relay: InProcessControl, desk: Desk, page_address: str, forger: str
) -> None:
    """Ben helps the server and makes an Add; from Thea, who is the host, the same Add counts."""
    async with chromium() as browser:
        thea, ana, ben, ghost = [
            await ChromiumMember.opens(browser, page_address, who)
            for who in ("Thea", "Ana", "Ben", "Ghost")
        ]
        await group_of(thea, ana, ben)
        for seat, member in enumerate((ana, ghost), start=1):
            await member.connects(relay, desk)
            await relay.seat(desk.seat(member.alias, seat))
        await ghost.until(lambda now: received(now, "entered") > 60)
        by = {"Thea": thea, "Ben": ben}[forger]
        package = await ghost.call("keyPackage", ghost.identity)
        made = Commit(**await by.call("forge", f"membership-{by.alias}", SESSION, package))
        await deliver(made, to=[ana], welcomes=[ghost])
        if forger == "Thea":
            await ghost.until(lambda now: received(now, "opened") > 60)
            return
        now = await ana.until(lambda now: now["troubles"] == ["refused-commit"])
        assert now["view"]["epoch"] == made.epoch
        await deliver(made, to=[thea])
        await thea.until(lambda now: now["troubles"] == ["refused-commit"])
        assert received(await ghost.report(), "opened") == 0


async def test_a_group_that_the_server_founded_has_another_code(page_address: str) -> None:
    """The server has Ana's package and can welcome her to a group of its own: the code tells."""
    async with chromium() as browser:
        thea, ana, ben, server = [
            await ChromiumMember.opens(browser, page_address, who)
            for who in ("Thea", "Ana", "Ben", "Server")
        ]
        await group_of(thea, ben)
        await server.call("create", GROUP, server.identity)
        await deliver(await commit(server, add=[ana]), welcomes=[ana])
        codes = [(await member.report())["view"]["code"] for member in (thea, ben, ana)]
        assert codes[0] == codes[1] != codes[2]
