"""How a connection outlasts a database that is away: it tries again, and touches nothing else.

MUST NOT outlast what was last granted: without the database no ticket is signed, and the relay
ends every seat whose lease nobody renews.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connections

from media_relay.tickets import LEASE_SECONDS

log = structlog.get_logger(__name__)

R = TypeVar("R")
Work = Callable[[], Awaitable[None]]
AWAY = (OperationalError, InterfaceError)
TRY_AGAIN_SECONDS = 1.0
# A process that itself stood still may read once more.
LAST_TRY_SECONDS = 5.0


def forget_cut_connections() -> None:
    """Has each pool try all that it keeps: for one caller it would try three or four and give up,
    so that a full pool would refuse its callers for long after the database is back."""
    for alias in connections:
        pool = getattr(connections[alias], "pool", None)
        if pool is not None and not pool.closed:
            pool.check()


class Hold:
    """How long a connection goes on by what it was last granted: for one lease."""

    def __init__(self) -> None:
        self.renew(time.monotonic())

    def renew(self, at: float) -> None:
        """What was read from `at` on (monotonic seconds) holds for a lease from then."""
        self._ends_at = at + LEASE_SECONDS

    async def outlast(self, work: Callable[[], Awaitable[R]]) -> R:
        """The work's result, whenever the database is there. Raises its error once the hold has
        ended, TimeoutError if it only hangs, and every other error at once.

        MUST be work that may be done twice: a commit whose answer was lost is done again.
        """
        is_told = False
        while True:
            left = self._ends_at - time.monotonic()
            try:
                async with asyncio.timeout(max(left, LAST_TRY_SECONDS)):
                    return await work()
            except AWAY as error:
                if time.monotonic() >= self._ends_at:
                    raise
                if not is_told:
                    log.warning("database.away", error=type(error).__name__)
                    is_told = True
            await asyncio.sleep(TRY_AGAIN_SECONDS)


class Postponed:
    """What nobody would say again: done at once or, while the database is away, once it is back.

    In order; a newer work of one kind replaces an older one, and that is the bound of the queue.
    """

    def __init__(self) -> None:
        self._works: dict[object, Work] = {}

    async def do(self, kind: object, work: Work) -> bool:
        """False when it waits for `catch_up`; nothing overtakes what waits already."""
        if not self._works:
            try:
                await work()
            except AWAY:
                pass
            else:
                return True
        self._works.pop(kind, None)
        self._works[kind] = work
        return False

    async def catch_up(self) -> bool:
        """False when the database is away once more, and something waits on."""
        while self._works:
            kind, work = next(iter(self._works.items()))
            try:
                await work()
            except AWAY:
                return False
            if self._works.get(kind) is work:
                del self._works[kind]
        return True
