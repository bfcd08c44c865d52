"""One connection's line to the relay: a task of its own, so that no reader ever waits for it.

It holds what is wanted now, not a list of what happened: a newer offer or permit replaces an
older one, and that is the bound of its queue.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog

from audit.errors import AuditUnavailable
from media_relay.control import (
    PICTURE_MIDS,
    LayersWanted,
    LeaseExpired,
    LinesChanged,
    NodeLost,
    RelayEvent,
    RelayRefused,
    SlotsMapped,
    TicketRefused,
    TransportClosed,
    TransportConnected,
)
from media_relay.tasks import end
from sessions_app import relay
from sessions_app.errors import SessionRefused
from sessions_app.messages.base import ServerMessage
from sessions_app.messages.server import (
    Answer,
    CameraLayer,
    Layers,
    Line,
    Lines,
    LineState,
    Slot,
    Slots,
    SlotSource,
    Transport,
    TransportState,
)
from sessions_app.permits import Permit
from sessions_app.sockets.away import AWAY, TRY_AGAIN_SECONDS
from sessions_app.sockets.refusals import error_for

log = structlog.get_logger(__name__)

CALL_SECONDS = 5.0
# An offer may have to wait for a relay process that starts anew.
OPEN_SECONDS = 9.0
# The relay's own words for endings that this side asked for.
EXPECTED_ENDS = frozenset({"replaced", "unseated"})


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What the line needs of its socket; each runs in the line's own tasks."""

    say: Callable[[ServerMessage], Awaitable[None]]
    ticket: Callable[[], Awaitable[str]]
    look_again: Callable[[], None]
    mapped: Callable[[], Awaitable[None]]
    lines: Callable[[Lines], Awaitable[None]]
    lost: Callable[[], Awaitable[None]]
    broken: Callable[[], None]


class RelayLine:
    def __init__(self, connection: UUID, callbacks: Callbacks) -> None:
        self._connection = connection.hex
        self._callbacks = callbacks
        self._offer: str | None = None
        self._wanted: Permit | None = None
        self._renew = False
        self._widths: dict[str, int] = {}
        self._told_widths: dict[str, int] | None = {}
        self._wake = asyncio.Event()
        self._applied: Permit | None = None
        self._has_offered = False
        self._has_transport = False
        self._is_connected = False
        self._mapped: UUID | None = None
        self._worker: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = self._task(self._work())

    def offer(self, sdp: str) -> None:
        """The newest offer counts; the answer is said when the relay has given it."""
        self._offer = sdp
        self._wake.set()

    def permit(self, permit: Permit | None, *, renew: bool = False) -> None:
        """What this connection may do now; None takes the seat away."""
        self._wanted = permit
        self._renew = self._renew or renew
        self._wake.set()

    def view(self, widths: list[int]) -> None:
        """How wide the page shows its lines of pictures; a fresh transport is told again."""
        self._widths = dict(zip(PICTURE_MIDS, widths, strict=False))
        self._told_widths = None
        self._wake.set()

    async def close(self) -> None:
        """Cancels its tasks and takes the transport down. Idempotent."""
        await end(task for task in (self._worker, self._watcher) if task is not None)
        # Also when the answer is still under way: the relay may have the transport already.
        if self._has_offered:
            self._has_offered = False
            with suppress(RelayRefused, TimeoutError):
                async with asyncio.timeout(CALL_SECONDS):
                    await relay.control().unseat(self._connection, close=True)

    def _task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A line that cannot go on must not look alive: the client comes back to a new one."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("relay.line_failed", error=type(error).__name__)
            self._callbacks.broken()

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    await self._open_offered()
                async with asyncio.timeout(CALL_SECONDS):
                    await self._apply()
            except TimeoutError:
                await self._lost("relay.slow")
            except (RelayRefused, TicketRefused) as error:
                await self._lost(error.code)
            except SessionRefused as error:
                await self._callbacks.say(error_for(error.code))
            except (AuditUnavailable, *AWAY):
                await self._callbacks.say(error_for("log_unavailable"))

    async def _open_offered(self) -> None:
        offer, self._offer = self._offer, None
        if offer is None:
            return
        ticket = await self._callbacks.ticket()
        self._has_offered = True
        try:
            answer = await relay.control().open_transport(ticket, offer)
        except RelayRefused as error:
            if not error.code.startswith("offer."):
                raise
            # A transport that was there before is still there.
            return await self._callbacks.say(error_for(error.code))
        self._applied, self._is_connected, self._mapped = None, False, None
        self._has_transport, self._told_widths = True, {}
        await self._callbacks.say(Answer(sdp=answer))
        if self._watcher is None or self._watcher.done():
            self._watcher = self._task(self._watch())

    async def _apply(self) -> None:
        """Whoever sits goes on while the relay is out of reach, for as long as the lease lasts."""
        try:
            await self._apply_permit()
            await self._apply_view()
        except RelayRefused as error:
            lasts = self._applied is not None and time.time() < self._applied.ends_at
            if error.code != "relay.unreachable" or not lasts:
                raise
            self._renew = True
            asyncio.get_running_loop().call_later(TRY_AGAIN_SECONDS, self._wake.set)

    async def _apply_permit(self) -> None:
        """Seat, move, renew or unseat, whichever makes the relay agree with the database."""
        wanted, renew, self._renew = self._wanted, self._renew, False
        if not self._has_transport:
            return
        if wanted is None:
            if self._applied is not None:
                await relay.control().unseat(self._connection)
                self._applied = None
        elif self._applied is None:
            await relay.control().seat(wanted.ticket())
            self._applied = wanted
            # A removal may have overtaken this call: the rows are read once more.
            self._callbacks.look_again()
            await self._note_mapped()
        elif wanted != self._applied or renew:
            await relay.control().move(wanted.ticket())
            self._applied = wanted
            # A removal may have overtaken this call: the rows are read once more.
            self._callbacks.look_again()
            await self._note_mapped()

    async def _apply_view(self) -> None:
        if self._has_transport and self._told_widths != self._widths:
            widths = self._widths
            await relay.control().view(self._connection, widths)
            self._told_widths = widths

    async def _note_mapped(self) -> None:
        """Connected means mapped: seat acknowledged, handshake done and keys ready; told once an
        admission."""
        if self._applied is None or not self._is_connected or not self._applied.is_ready:
            return
        if self._mapped != self._applied.admission:
            self._mapped = self._applied.admission
            await self._callbacks.mapped()

    async def _watch(self) -> None:
        try:
            async for event in relay.control().watch(self._connection):
                await self._hear(event)
        except RelayRefused as error:
            await self._lost(error.code)

    async def _hear(self, event: RelayEvent) -> None:
        match event:
            case TransportConnected() if self._is_connected:
                # No news: told again at each renewal, in case it was lost.
                pass
            case TransportConnected():
                self._is_connected = True
                await self._callbacks.say(Transport(state=TransportState.CONNECTED, code=""))
                await self._note_mapped()
            case SlotsMapped(slots):
                named = [
                    Slot(mid=slot.mid, source=SlotSource(slot.source), seat=slot.seat)
                    for slot in slots
                ]
                await self._callbacks.say(Slots(slots=named))
            case LinesChanged(lines):
                named_lines = [
                    Line(seat=line.seat, quality=LineState(line.quality)) for line in lines
                ]
                await self._callbacks.lines(Lines(lines=named_lines))
            case LayersWanted(largest):
                await self._callbacks.say(Layers(largest=CameraLayer(largest)))
            case TransportClosed(reason) if reason in EXPECTED_ENDS:
                pass
            case TransportClosed(reason):
                await self._lost(f"relay.{reason}")
            case NodeLost():
                await self._lost("relay.node_lost")
            case LeaseExpired():
                # Only a fresh reading may seat again: what is remembered was not renewed.
                self._applied = self._wanted = self._mapped = None
                self._callbacks.look_again()

    async def _lost(self, code: str) -> None:
        """The browser must bring a fresh transport; ICE is never restarted."""
        self._has_transport = self._is_connected = False
        self._applied, self._mapped = None, None
        log.info("relay.lost", code=code, connection=self._connection)
        await self._callbacks.say(Transport(state=TransportState.LOST, code=code))
        await self._callbacks.lost()
