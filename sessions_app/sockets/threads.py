"""Where a connection's database work is done: in threads, so that nobody waits for anybody else."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from audit.errors import AuditUnavailable
from sessions_app.sockets.away import AWAY, forget_cut_connections

P = ParamSpec("P")
R = TypeVar("R")


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Database work in the pool, so that one waiting transaction delays nobody else.

    A database that is lost raises one of AWAY, also where it was lost under the log's entry.
    """
    pooled = database_sync_to_async(work, thread_sensitive=False)
    try:
        return await pooled(*args, **kwargs)
    except (AuditUnavailable, *AWAY) as error:
        lost = error.__cause__ if isinstance(error, AuditUnavailable) else error
        if not isinstance(lost, AWAY):
            raise
        await asyncio.to_thread(forget_cut_connections)
        raise lost from None


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def snapshot_turn() -> asyncio.Lock:
    """One snapshot at a time in a process: they are large and mostly computing, and together they
    would only take the interpreter from acts and keys, for which somebody waits."""
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
