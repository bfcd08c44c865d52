"""Tasks that go on until they are told to end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from redis.exceptions import RedisError

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.2
# A task may say goodbye for so long before it is cancelled again.
GOODBYE_SECONDS = 1.0


async def forever(step: Callable[[], Awaitable[None]]) -> None:
    """Go on through Redis' absences and our own faults: nobody else would begin again."""
    while True:
        try:
            await step()
        except (RedisError, OSError):
            await asyncio.sleep(RETRY_SECONDS)
        except Exception:
            log.exception("relay.step_failed")
            await asyncio.sleep(RETRY_SECONDS)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel these tasks and wait until they have ended; what they raise is dropped.

    One cancellation may be lost: asyncio.wait_for, through which redis-py sends, swallows one
    that comes while what it waits for ends (CPython before 3.12).
    """
    everyone = left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=GOODBYE_SECONDS)
    await asyncio.gather(*everyone, return_exceptions=True)
