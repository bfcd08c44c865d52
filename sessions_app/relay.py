"""The one relay control of this process, and what is asked of it once a change is committed.

Revocation does not wait for the member's own socket: the side that acts asks the relay itself.
Every call is idempotent, bounded in time, and backed by the seat's 60 s lease if it is lost.
A service asks before it notifies: of what follows a commit, nothing is done after a failure.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import transaction

from media_relay.control import RelayControl, RelayRefused, TicketRefused
from media_relay.redis_control import RedisControl
from sessions_app.permits import permit_of

log = structlog.get_logger(__name__)

CALL_SECONDS = 2.0
Work = Callable[[RelayControl], Awaitable[None]]


class Link:
    """A control and the event loop that it lives in, with the calls under way."""

    def __init__(self, control: RelayControl, loop: asyncio.AbstractEventLoop) -> None:
        self.control = control
        self.loop = loop
        self._calls: set[asyncio.Task[None]] = set()

    def soon(self, work: Work) -> None:
        """From any thread; never waits."""
        self.loop.call_soon_threadsafe(self._start, work)

    def _start(self, work: Work) -> None:
        call = self.loop.create_task(_bounded(work, self.control))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)


_link: Link | None = None


def attach(control: RelayControl) -> None:
    """Called in the loop that owns the relay or speaks to it, before the first socket opens."""
    global _link
    _link = Link(control, asyncio.get_running_loop())


def detach() -> None:
    global _link
    _link = None


def control() -> RelayControl:
    """The control of this process; raises RelayRefused when no relay was configured."""
    if _link is None or _link.loop is not asyncio.get_running_loop():
        if not settings.REDIS_URL:
            raise RelayRefused("relay.unreachable")
        attach(RedisControl(settings.REDIS_URL))
    assert _link is not None
    return _link.control


def unseat_on_commit(connection: UUID | None, *, close: bool = False) -> None:
    """Stop forwarding to and from this connection; `close` also ends its transport."""
    if connection is not None:
        name = connection.hex
        _on_commit(lambda relay: relay.unseat(name, close=close))


def close_room_on_commit(room: UUID) -> None:
    _on_commit(lambda relay: relay.close_room(room.hex))


def refresh_on_commit(admission: UUID) -> None:
    """Show the relay this seat's rights as they are after the commit."""

    async def refresh(relay: RelayControl) -> None:
        permit = await database_sync_to_async(permit_of)(admission)
        if permit is not None:
            await relay.move(permit.ticket())

    _on_commit(refresh)


def _on_commit(work: Work) -> None:
    transaction.on_commit(lambda: _soon(work))


def _soon(work: Work) -> None:
    if _link is not None and not _link.loop.is_closed():
        _link.soon(work)
    elif settings.REDIS_URL:
        # A worker, a command, or a web process that no socket has reached yet.
        asyncio.run(_once(work))


async def _bounded(work: Work, relay: RelayControl) -> None:
    try:
        async with asyncio.timeout(CALL_SECONDS):
            await work(relay)
    except (RelayRefused, TicketRefused) as error:
        log.info("relay.refused", code=error.code)
    except TimeoutError:
        log.warning("relay.slow")


async def _once(work: Work) -> None:
    relay = RedisControl(settings.REDIS_URL)
    try:
        await _bounded(work, relay)
    finally:
        await relay.close()
