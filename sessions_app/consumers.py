"""The session socket: parse → service → send, and nothing else.

MUST NOT wait for the relay in the read loop, MUST NOT accept before the entry is committed, and
MUST NOT answer those who may not know with anything but the constant 404.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import structlog
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from accounts.sockets import sign_in_group, user_group
from audit.errors import AuditUnavailable
from groups.states import HOST_ROLES
from media_relay.tasks import end
from sessions_app import notify
from sessions_app.errors import GateIsClosed, SessionRefused
from sessions_app.messages import ClientMessage, MessageRefused, ServerMessage, keys, parse
from sessions_app.messages import client as said
from sessions_app.messages.keys import Said
from sessions_app.messages.server import Lines, Pong, SecondDevice, timeless
from sessions_app.sockets.actor import Actor
from sessions_app.sockets.acts import KEY_MESSAGES, PAGE_MESSAGES
from sessions_app.sockets.away import (
    AWAY,
    TRY_AGAIN_SECONDS,
    Hold,
    Postponed,
    Work,
)
from sessions_app.sockets.handshake import Opening, open_socket, turn_away
from sessions_app.sockets.line import Callbacks, RelayLine
from sessions_app.sockets.outbox import Outbox
from sessions_app.sockets.pace import Pace
from sessions_app.sockets.refusals import closed_for, error_for
from sessions_app.sockets.threads import in_thread, snapshot_turn
from sessions_app.sockets.view import Place, View

log = structlog.get_logger(__name__)

# A lease lasts 60 s: two renewals may be lost. It is also how soon a lost message is made good.
RENEW_SECONDS = 20.0
# Changes come in bursts: the first is told at once, what follows in one reading.
PAUSE_SECONDS = 0.15
# So long whoever was just let in goes before the others.
STEP_ASIDE_SECONDS = 0.05
# Chat is typed by people: a burst of reactions is allowed, a flood is not.
SAYINGS, SAYINGS_PER_SECOND = 20, 4.0
# How the channel layer's absence shows.
LAYER_AWAY = (RedisError, OSError)
# Close codes of ours; anything else is the server's.
ENDED, TOO_SLOW, TOO_FAST, FAILED = 4000, 4008, 4029, 1011


class SessionConsumer(AsyncWebsocketConsumer):
    _has_begun = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Whatever ends it, a goodbye, a fault or a page that is gone: all that it began ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self._has_begun:
                await self._stop()

    async def connect(self) -> None:
        session_id = self.scope["url_route"]["kwargs"]["pk"]
        opening = await in_thread(open_socket, self.scope, session_id)
        if opening is None:
            await turn_away(self.scope, self.base_send)
            raise StopConsumer
        self._begin(opening)
        for channel in self._channels:
            await self.channel_layer.group_add(channel, self.channel_name)
        await self.accept()
        self._line.start()
        self._refreshers += [
            asyncio.create_task(self._refresh_forever()),
            asyncio.create_task(self._follow_rights_forever()),
        ]
        for task in self._refreshers:
            task.add_done_callback(self._refresher_ended)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._pace.allows(time.monotonic()):
            return await self._slow_down()
        try:
            async with self._refusing():
                if text_data is None:
                    raise MessageRefused("binary")
                await self._answer(parse(text_data))
        except AWAY:
            await self._say(error_for("log_unavailable"))
            self._look_again()

    async def session_changed(self, event: dict[str, Any]) -> None:
        """Whoever was just let in goes first: everybody else has only something to look at."""
        if event.get("first", self._place.connection.hex) == self._place.connection.hex:
            self._look_again()
        else:
            asyncio.get_running_loop().call_later(STEP_ASIDE_SECONDS, self._look_again)

    async def keys_changed(self, event: dict[str, Any]) -> None:
        self._rights_dirty.set()

    async def said(self, event: dict[str, Any]) -> None:
        """Sealed words of another member; this process cannot read them and keeps nothing."""
        group = UUID(event["group"])
        if event["sender"] != self.channel_name and self._actor.keys.takes_part_in(group):
            await self._say(Said(group=group, data=event["data"]))

    async def group_changed(self, event: dict[str, Any]) -> None:
        self._dirty.set()

    async def signin_ended(self, event: dict[str, Any]) -> None:
        """Sign-out, suspension or removal: whatever has ended is read from the database."""
        self._look_again()

    async def _stop(self) -> None:
        await end(self._refreshers)
        await self._line.close()
        # A place that nobody gives back is ended by the sweep.
        with suppress(*AWAY):
            await in_thread(self._actor.gone)
        for channel in self._channels:
            # Without Redis nothing would arrive there anyway.
            with suppress(*LAYER_AWAY):
                await self.channel_layer.group_discard(channel, self.channel_name)

    def _begin(self, opening: Opening) -> None:
        session = opening.standing.session
        self._place = Place(
            sign_in_id=opening.sign_in.pk, session_id=session.pk, connection=uuid4()
        )
        self._actor = Actor(opening, self._place)
        self._channels = (
            notify.session_channel(session.pk),
            f"group.{session.group_id.hex}",
            user_group(opening.sign_in.user),
            sign_in_group(opening.sign_in),
        )
        self._refreshers: list[asyncio.Task[None]] = []
        self._dirty = asyncio.Event()
        self._rights_dirty = asyncio.Event()
        self._line = RelayLine(
            self._place.connection,
            Callbacks(
                say=self._say,
                ticket=lambda: in_thread(self._actor.transport_ticket),
                look_again=self._look_again_soon,
                mapped=lambda: self._note(self._actor.mapped),
                lines=self._tell_lines,
                lost=lambda: self._note(self._actor.media_lost),
                broken=self._give_up,
            ),
        )
        self._hold, self._postponed = Hold(), Postponed()
        self._outbox, self._pace = Outbox(), Pace()
        self._saying = Pace(tokens=SAYINGS, burst=SAYINGS, per_second=SAYINGS_PER_SECOND)
        self._has_greeted = False
        self._told: ServerMessage | None = None
        self._is_over = self._renew = self._snapshot_follows = self._has_seat = False
        self._look_again_at = -math.inf
        self._is_host = False
        self._has_begun = True

    async def _answer(self, message: ClientMessage) -> None:
        match message:
            case said.Ping():
                return await self._say(Pong())
            case said.Ack(n=n):
                if not self._outbox.acknowledge(n):
                    raise MessageRefused("wrong_value")
                if self._actor.keys.has_more:
                    self._rights_dirty.set()
                return None
            case said.Leave():
                await in_thread(self._actor.tell, message)
                return await self._end("left")
        if isinstance(message, PAGE_MESSAGES):
            return await self._in_its_turn(type(message), partial(self._heed, message))
        return await self._do(message)

    async def _note(self, event: Callable[[], None]) -> None:
        await self._in_its_turn(event, partial(in_thread, event))

    async def _in_its_turn(self, kind: object, work: Work) -> None:
        """Now or, while the database is away, after the reading that finds it back."""
        if not await self._postponed.do(kind, work):
            self._look_again()

    async def _heed(self, message: ClientMessage) -> None:
        async with self._refusing():
            await self._do(message)

    @asynccontextmanager
    async def _refusing(self) -> AsyncIterator[None]:
        """What is refused is answered, and the connection goes on."""
        try:
            yield
        except (MessageRefused, SessionRefused) as refused:
            await self._refuse(refused.code)
        except AuditUnavailable:
            await self._say(error_for("log_unavailable"))

    async def _do(self, message: ClientMessage) -> None:
        try:
            answer = await in_thread(self._actor.tell, message)
        except GateIsClosed:
            # The reading that follows says which gate, and where it is opened.
            answer = None
        if isinstance(message, said.Offer):
            self._line.offer(message.sdp)
            return None
        if isinstance(message, said.View):
            self._line.view(message.widths)
            return None
        if isinstance(message, keys.Say):
            return await self._pass_on(message)
        if answer is not None:
            await self._say(answer)
        if isinstance(message, keys.HeldKeys | keys.FoundGroup):
            self._rights_dirty.set()
        elif isinstance(message, said.Hello | said.TakeOver):
            # A second device is shown nothing before it has taken over.
            self._has_greeted, self._told = not isinstance(answer, SecondDevice), None
            self._look_again()
        elif not isinstance(message, KEY_MESSAGES):
            self._show(at_once=False)
        return None

    async def _tell_lines(self, lines: Lines) -> None:
        """How good the lines of others are is for hosts alone."""
        if self._is_host:
            await self._say(lines)

    def _look_again(self) -> None:
        """Rights first: the snapshot's larger reading would hold up what lets media flow."""
        self._rights_dirty.set()
        self._snapshot_follows = True

    async def _pass_on(self, said_now: keys.Say) -> None:
        if not self._saying.allows(time.monotonic()):
            return await self._say(error_for("too_fast"))
        event = {
            "type": "said",
            "sender": self.channel_name,
            "group": str(said_now.group),
            "data": said_now.data,
        }
        try:
            await self.channel_layer.group_send(self._channels[0], event)
        except LAYER_AWAY:
            await self._say(error_for("not_sent"))

    async def _refuse(self, code: str) -> None:
        try:
            await in_thread(self._actor.refuse, code)
        except AuditUnavailable:
            log.critical("audit.unavailable", act="session.act_refused")
        await self._say(error_for(code))

    async def _slow_down(self) -> None:
        if self._pace.is_hopeless:
            await self._hang_up(TOO_FAST)
        else:
            await self._say(error_for("too_fast"))

    async def _refresh_forever(self) -> None:
        """Reads and tells after every change, and at least every RENEW_SECONDS."""
        renewed_at = 0.0
        while not self._is_over:
            due = min(renewed_at + RENEW_SECONDS, self._look_again_at) - time.monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), max(due, 0))
            now = time.monotonic()
            renew = now >= renewed_at + RENEW_SECONDS
            if renew:
                renewed_at = now
            self._dirty.clear()
            await self._refresh(renew=renew)
            if self._has_greeted:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _follow_rights_forever(self) -> None:
        """Keys and rights on the relay, apart from the snapshots, so that they wait for nothing.

        MUST be the only place that hands out permits: two readers could overtake each other.
        """
        while not self._is_over:
            await self._rights_dirty.wait()
            self._rights_dirty.clear()
            news = await self._hold.outlast(partial(in_thread, self._actor.read_keys))
            for message in news.messages:
                await self._say(message)
            renew, self._renew = self._renew, False
            self._line.permit(news.permit, renew=renew)
            had_seat, self._has_seat = self._has_seat, news.permit is not None
            if self._snapshot_follows:
                self._snapshot_follows = False
                self._show(at_once=self._has_seat and not had_seat)
            if not await self._postponed.catch_up():
                asyncio.get_running_loop().call_later(TRY_AGAIN_SECONDS, self._rights_dirty.set)

    def _look_again_soon(self) -> None:
        """A removal may have overtaken the ticket: sure is enough here, at once would hold up."""
        asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._rights_dirty.set)

    def _show(self, *, at_once: bool) -> None:
        """Whoever was just let in is shown the room before others are shown them."""
        if at_once:
            self._dirty.set()
        else:
            asyncio.get_running_loop().call_later(STEP_ASIDE_SECONDS, self._dirty.set)

    async def _refresh(self, *, renew: bool) -> None:
        # A reading that began before the greeting may not know the new admission yet.
        had_greeted = self._has_greeted
        view = await self._hold.outlast(partial(self._read, renew=renew))
        if view.ended:
            return await self._end(view.ended)
        self._look_again_at = math.inf
        self._is_host = view.role in HOST_ROLES
        if view.patience is not None:
            self._look_again_at = time.monotonic() + view.patience
            if view.patience <= 0:
                await self._hold.outlast(partial(in_thread, self._actor.return_without_leaf))
        if renew:
            self._renew = True
            self._rights_dirty.set()
        if not had_greeted:
            return None
        news = view.gate or view.snapshot
        if news is not None and timeless(news) != self._told:
            self._told = timeless(news)
            await self._say(news)
        return None

    async def _read(self, *, renew: bool) -> View:
        async with snapshot_turn():
            read_at = time.monotonic()
            view = await in_thread(self._actor.read, renew=renew)
        if renew:
            self._hold.renew(read_at)
        return view

    def _refresher_ended(self, task: asyncio.Task[None]) -> None:
        """A connection that cannot read the truth any more is closed; the client comes back."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("socket.refresh_failed", error=type(error).__name__)
            self._give_up()

    def _give_up(self) -> None:
        self._last_words = asyncio.ensure_future(self._hang_up(FAILED))

    async def _say(self, message: ServerMessage) -> None:
        if self._is_over:
            return
        await self.send(text_data=self._outbox.frame(message))
        if self._outbox.is_overfull:
            await self._hang_up(TOO_SLOW)

    async def _end(self, reason: str) -> None:
        await self._say(closed_for(reason, self._place.session_id))
        await self._hang_up(ENDED)

    async def _hang_up(self, code: int) -> None:
        """Sound and picture stop now, not when the other side has said goodbye as well."""
        if not self._is_over:
            self._is_over = True
            self._hanging_up = asyncio.ensure_future(self._line.close())
            await self.close(code=code)


class NowhereConsumer(AsyncWebsocketConsumer):
    """Any other address: the same answer as for a session that one may not know."""

    async def connect(self) -> None:
        await turn_away(self.scope, self.base_send)
        raise StopConsumer
