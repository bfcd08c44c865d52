"""A host is told whose line is weak, in two steps, and only when it lasts."""

import asyncio
import itertools
import time

import pytest

from media_relay.control import InProcessControl, LinesChanged, SeatLine
from media_relay.health import LASTING_SECONDS, LineQuality, RoomHealth, quality_of
from media_relay.node import Node
from media_relay.redis_wire import read_event, write_event
from tests.media_relay.desk import Desk
from tests.media_relay.listener import Listener
from tests.media_relay.packets import wire
from tests.media_relay.wire_peer import WirePeer

GOOD, WEAK, POOR = LineQuality.GOOD, LineQuality.WEAK, LineQuality.POOR


@pytest.mark.parametrize(
    ("losses", "pictures", "quality"),
    [
        ((0.0, 0.0), (3, 3, 0), GOOD),
        ((0.0, 0.0), (0, 0, 0), GOOD),
        ((0.0, 0.0), (3, 3, 1), WEAK),
        ((0.0, 0.0), (3, 2, 0), WEAK),
        ((0.0, 0.0), (3, 0, 0), POOR),
        ((0.08, 0.0), (0, 0, 0), WEAK),
        ((0.0, 0.08), (0, 0, 0), WEAK),
        ((0.20, 0.0), (3, 3, 0), POOR),
    ],
)
def test_a_line_is_judged_by_what_its_person_gets_and_gives(
    losses: tuple[float, float], pictures: tuple[int, int, int], quality: LineQuality
) -> None:
    """Losses up and down; pictures wanted, shown, and too small."""
    (loss_up, loss_down), (wanted, shown, small) = losses, pictures
    judged = quality_of(
        loss_up=loss_up, loss_down=loss_down, wanted=wanted, shown=shown, small=small
    )
    assert judged is quality


def test_a_bad_moment_is_not_told_and_a_bad_while_is() -> None:
    health = RoomHealth()
    moment = [{"ana": WEAK}, {"ana": GOOD}] * LASTING_SECONDS
    assert not any(health.hear(now) and health.of("ana") is WEAK for now in moment)
    told = [health.hear({"ana": WEAK}) for _ in range(LASTING_SECONDS)]
    assert told == [*[False] * (LASTING_SECONDS - 1), True]
    assert health.of("ana") is WEAK
    health.hear({})
    assert health.of("ana") is GOOD


async def test_everybodys_signalling_side_hears_whose_line_loses_packets(
    relay: InProcessControl, desk: Desk
) -> None:
    ana, thea = WirePeer("ana"), WirePeer("thea")
    for seat, peer in enumerate((ana, thea), start=1):
        await peer.connect(relay, desk)
        await relay.seat(desk.seat(peer.person, seat))
    async with Listener(relay, "thea") as heard:
        waiting = asyncio.create_task(heard.until(LinesChanged((SeatLine(1, POOR),)), seconds=30))
        sequence = 0
        while not waiting.done():
            sequence += 1 if sequence % 4 else 4
            ana.send_media(wire(sequence, ssrc=1111, payload_type=111, payload=b"opus"))
            await asyncio.sleep(0.02)
        await waiting
    ana.close()
    thea.close()


async def test_who_may_send_nothing_loses_nothing(
    relay: InProcessControl, node: Node, desk: Desk
) -> None:
    """As long as she may, and sends on, the line stays poor."""
    ana = WirePeer("ana")
    await ana.connect(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    transport = node.transport_of("ana")
    numbers = (number for number in itertools.count() if number % 4)

    def report() -> None:
        for number in itertools.islice(numbers, 30):
            ana.send_media(wire(number, ssrc=1111, payload_type=111, payload=b"opus"))
        node._read(0)
        node._feedback.report([transport], time.monotonic())

    for _ in range(20):
        report()
    assert transport.quality is POOR
    await relay.seat(desk.seat("ana", 1, may_send=frozenset()))
    for _ in range(20):
        report()
    assert transport.quality is GOOD
    ana.close()


def test_lines_cross_between_processes() -> None:
    event = LinesChanged((SeatLine(1, WEAK), SeatLine(3, POOR)))
    assert read_event(write_event(event)) == event
