"""Tasks end when they are told to, and go on until then."""

import asyncio

from redis.exceptions import ConnectionError as RedisGone

from media_relay.tasks import end, forever


async def test_a_task_ends_though_its_first_cancellation_was_lost() -> None:
    """As asyncio.wait_for loses it, before Python 3.12."""
    lost = 0

    async def loses_one() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    task = asyncio.create_task(loses_one())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end([task])
    assert (task.cancelled(), lost) == (True, 1)


async def test_what_a_task_raises_at_its_end_is_dropped() -> None:
    async def fails() -> None:
        raise ValueError

    await end([asyncio.create_task(fails())])
    await end([])


async def test_neither_a_missing_redis_nor_a_fault_ends_a_task() -> None:
    faults = [RedisGone(), OSError(), ValueError()]
    came = asyncio.Event()

    async def step() -> None:
        if faults:
            raise faults.pop()
        came.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(forever(step))
    async with asyncio.timeout(10):
        await came.wait()
    await end([task])
