"""While much comes in, a relay reads by the clock; otherwise at once."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from statistics import quantiles

import pytest

from media_relay.engine import BATCH
from media_relay.pace import ENOUGH, LONGEST_SECONDS, SHORTEST_SECONDS, TICK_SECONDS, Pace

# What a busy machine may take for something that is due.
PATIENCE_SECONDS = 10.0
A_WHILE = 20 * LONGEST_SECONDS


class Desk:
    """A pace over two sockets, and what it had them do. Each datagram counts as `worth` packets."""

    def __init__(self) -> None:
        self.receivers = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
        for each in self.receivers:
            each.bind(("127.0.0.1", 0))
        self.sender = socket.socket(type=socket.SOCK_DGRAM)
        self.readings: list[tuple[float, int, int]] = []
        self.ticks: list[float] = []
        self.worth = 1
        self.at_a_tick: Callable[[], None] = lambda: None
        self.at_a_reading: Callable[[], None] = lambda: None
        self.pace = Pace(self.receivers, self._read, self._tick)

    def send(self, index: int = 0) -> None:
        self.sender.sendto(b"packet", self.receivers[index].getsockname())

    async def flow(self) -> None:
        """Send until the clock alone says when to read."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.empty_readings:
                self.send()
                await asyncio.sleep(SHORTEST_SECONDS / 3)

    @property
    def empty_readings(self) -> int:
        """Of a socket that nothing was sent to: only the clock has it read."""
        return sum(index == 1 for _, index, _ in self.readings)

    def _read(self, index: int) -> int:
        self.at_a_reading()
        count = 0
        while count < BATCH:
            try:
                self.receivers[index].recv(16, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            count += self.worth
        self.readings.append((asyncio.get_running_loop().time(), index, count))
        return count

    def _tick(self) -> None:
        self.ticks.append(asyncio.get_running_loop().time())
        self.at_a_tick()


@contextmanager
def a_desk() -> Iterator[Desk]:
    desk = Desk()
    try:
        yield desk
    finally:
        desk.pace.close()
        for each in (desk.sender, *desk.receivers):
            each.close()


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(SHORTEST_SECONDS)


async def test_the_first_packet_is_read_at_once_and_the_second_starts_the_clock() -> None:
    with a_desk() as desk:
        desk.send()
        await until(lambda: desk.readings)
        assert [(index, count) for _, index, count in desk.readings] == [(0, 1)]
        await desk.flow()
        assert desk.empty_readings


async def test_by_the_clock_what_comes_waits_and_is_read_together() -> None:
    with a_desk() as desk:
        await desk.flow()
        for _ in range(5):
            desk.send()
        before = len(desk.readings)
        await until(lambda: len(desk.readings) > before)
        assert desk.readings[before][2] >= 5


@pytest.mark.parametrize(
    ("together", "expected"), [(1, LONGEST_SECONDS), (ENOUGH // 2, SHORTEST_SECONDS)]
)
async def test_the_less_comes_the_longer_a_reading_waits(together: int, expected: float) -> None:
    with a_desk() as desk:
        await desk.flow()
        first = len(desk.readings)
        while len(desk.readings) < first + 60:
            for _ in range(together):
                desk.send()
            await asyncio.sleep(SHORTEST_SECONDS / 3)
        times = [at for at, index, _ in desk.readings[first:] if index == 1]
        # The alarm is never early: the shorter half of the gaps is not the machine's.
        quarter, *_ = quantiles((after - at for at, after in pairwise(times)), n=4)
        assert abs(quarter - expected) < (LONGEST_SECONDS - SHORTEST_SECONDS) / 2


async def test_one_who_sends_seldom_never_waits() -> None:
    with a_desk() as desk:
        for number in range(1, 6):
            desk.send()
            await until(lambda: len(desk.readings) >= number)  # noqa: B023  # awaited here
            await asyncio.sleep(4 * LONGEST_SECONDS)
            assert len(desk.readings) == number
        assert not desk.empty_readings


async def test_a_reading_that_brings_nothing_ends_the_clock() -> None:
    with a_desk() as desk:
        await desk.flow()
        await until(lambda: desk.readings[-2:] and not any(c for _, _, c in desk.readings[-2:]))
        ended = len(desk.readings)
        await asyncio.sleep(A_WHILE)
        assert len(desk.readings) == ended
        desk.send(1)
        await until(lambda: len(desk.readings) > ended)
        assert desk.readings[ended][1:] == (1, 1)


async def test_what_a_full_reading_left_does_not_wait() -> None:
    with a_desk() as desk:
        await desk.flow()
        desk.worth = BATCH
        for _ in range(3):
            desk.send()
        await until(lambda: sum(count == BATCH for _, _, count in desk.readings) >= 3)
        times = [at for at, _, count in desk.readings if count == BATCH]
        assert min(after - at for at, after in pairwise(times)) < (SHORTEST_SECONDS / 2)


@pytest.mark.parametrize("flows", [False, True])
async def test_ticks_come_from_wake_to_rest(flows: bool) -> None:
    with a_desk() as desk:
        await asyncio.sleep(3 * TICK_SECONDS)
        assert not desk.ticks
        desk.pace.wake()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(desk.ticks) < 8:
                if flows:
                    desk.send()
                await asyncio.sleep(0)
        assert bool(desk.empty_readings) is flows
        # Not one early: late ones are the machine's.
        gaps = [after - at for at, after in pairwise(desk.ticks)]
        assert min(gaps) > TICK_SECONDS / 2
        desk.pace.rest()
        ended = len(desk.ticks)
        await asyncio.sleep(3 * TICK_SECONDS)
        assert len(desk.ticks) == ended


async def test_a_tick_may_end_the_ticks_and_wake_begin_them_anew() -> None:
    with a_desk() as desk:
        desk.at_a_tick = desk.pace.rest
        for count in (1, 2):
            desk.pace.wake()
            await until(lambda: len(desk.ticks) >= count)  # noqa: B023  # awaited here
            await asyncio.sleep(3 * TICK_SECONDS)
            assert len(desk.ticks) == count


async def test_ticks_come_though_every_reading_fails() -> None:
    def fail() -> None:
        raise RuntimeError

    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
    with a_desk() as desk:
        desk.pace.wake()
        await desk.flow()
        desk.at_a_reading = fail
        before = len(desk.ticks)
        await until(lambda: len(desk.ticks) >= before + 3)
        assert troubles


async def test_control_does_not_wait_for_the_clock() -> None:
    with a_desk() as desk:
        await desk.flow()
        before = len(desk.readings)
        for _ in range(50):
            await asyncio.sleep(0)
        # Fifty turns of the loop take no fifty readings.
        assert len(desk.readings) - before < 25
