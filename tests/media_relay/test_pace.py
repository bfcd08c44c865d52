"""While much comes in, a relay that is alone on its loop reads less often; otherwise at once."""

import asyncio
import time

from media_relay.pace import CLOSE_SECONDS, ENOUGH, Pace

SEVERAL = 5
# So far ahead that no slow machine gets there.
AHEAD = 60.0


async def sleeps_after(*readings: tuple[int, float]) -> int:
    """How often the loop stands still after readings of so many packets at these times."""
    slept, _ = await sleeps_and_reads_after(*readings)
    return slept


async def sleeps_and_reads_after(*readings: tuple[int, float]) -> tuple[int, int]:
    """The same, and how often everything is read without asking."""
    slept: list[float] = []
    reads: list[None] = []
    pace, now = Pace(lambda: reads.append(None), slept.append), time.monotonic()
    for count, at in readings:
        pace.note(count, now + at)
    await asyncio.sleep(0)
    return len(slept), len(reads)


async def test_what_follows_closely_gathers_and_the_first_does_not() -> None:
    close, later = AHEAD + CLOSE_SECONDS / 2, AHEAD + 2 * CLOSE_SECONDS
    assert await sleeps_and_reads_after((SEVERAL, AHEAD), (SEVERAL, close)) == (1, 1)
    assert await sleeps_after((SEVERAL, AHEAD)) == 0
    assert await sleeps_after((SEVERAL, AHEAD), (SEVERAL, later)) == 0


async def test_two_sockets_gather_together() -> None:
    ats = (AHEAD + step * CLOSE_SECONDS / 4 for step in range(3))
    assert await sleeps_after(*((SEVERAL, at) for at in ats)) == 1


async def test_an_empty_reading_ends_the_gathering() -> None:
    assert await sleeps_and_reads_after((SEVERAL, AHEAD), (0, AHEAD)) == (0, 0)


async def test_a_large_reading_and_a_long_one_are_followed_at_once() -> None:
    assert await sleeps_after((SEVERAL, AHEAD), (ENOUGH, AHEAD)) == 0
    assert await sleeps_after((SEVERAL, AHEAD), (ENOUGH - 1, AHEAD)) == 1
    assert await sleeps_and_reads_after((SEVERAL, -0.011), (SEVERAL, -0.010)) == (0, 1)


async def test_a_reading_is_due_until_it_is_made() -> None:
    due: list[bool] = []
    pace = Pace(lambda: due.append(pace.is_due), lambda _: None)
    assert not pace.is_due
    for step in range(2):
        pace.note(SEVERAL, time.monotonic() + AHEAD + step * CLOSE_SECONDS / 4)
    assert pace.is_due
    await asyncio.sleep(0)
    assert due == [False]
