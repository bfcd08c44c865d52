"""Control of relay nodes through Redis: the web processes' side.

Each call goes to one node, is acknowledged, and has a time limit. A session is placed whole
on one node; which one is known through Redis, so any web process can reach it. Replies and
events come over one subscription that never changes: only its listener touches it.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError

from media_relay.control import (
    LayersWanted,
    LinesChanged,
    NodeLost,
    RelayEvent,
    RelayRefused,
    SlotsMapped,
)
from media_relay.errors import Malformed
from media_relay.redis_wire import (
    NODES,
    PLACED_SECONDS,
    ROOMS,
    Reply,
    Request,
    connect,
    connection_key,
    event_of,
    events_channel,
    node_key,
    read_event,
    replies_channel,
    requests_channel,
    session_key,
)
from media_relay.tasks import end, forever
from media_relay.tickets import read_unverified

CALL_SECONDS = 3.0
# A relay process that died is started anew in about this time: offers are held, not refused, so
# that no page has to ask again, each time later.
COMING_SECONDS = 5.0
BETWEEN_LOOKS_SECONDS = 0.1
# A node that twice in a row does not listen is lost: once may be its own way back to Redis.
LOOK_SECONDS = 0.25
# After Redis' own absence or a new start nodes need a moment to be seen again.
SETTLING_SECONDS = 1.0
# Whole seconds, as Redis tells its age: by then every living node has said what it carries.
SAID_AGAIN_SECONDS = 2
MAX_UNREAD = 64
# Told again at each renewal of a seat, in case Redis lost an event; the same twice is no news.
_RENEWED = (SlotsMapped, LayersWanted, LinesChanged)


class RedisControl:
    """A RelayControl for any number of nodes. Starts itself; `close` is idempotent."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        self._client = uuid4().hex
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        self._queues: dict[str, set[asyncio.Queue[RelayEvent]]] = defaultdict(set)
        self._told: dict[tuple[str, type[RelayEvent]], RelayEvent] = {}
        self._node_of: dict[str, str] = {}
        self._silent: set[str] = set()
        self._run_of_redis = ""
        self._starting = asyncio.Lock()
        self._coming: asyncio.Task[bool] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open_transport(self, ticket: str, offer: str) -> str:
        """See control.RelayControl. While no node is there, the offer is held for a moment."""
        await self._start()
        # Unverified: it only picks the node, which verifies.
        claims = read_unverified(ticket)
        node = await self._place(claims.session)
        # A new transport knows no slots yet: the same mapping is news to it.
        self._forget_told(claims.connection)
        answer = await self._call(node, "open_transport", ticket=ticket, offer=offer)
        self._node_of[claims.connection] = node
        key = connection_key(claims.connection)
        await _reaching(self._redis.set(key, node, ex=PLACED_SECONDS))
        return str(answer)

    async def seat(self, ticket: str) -> None:
        """See control.RelayControl."""
        await self._seat("seat", ticket)

    async def move(self, ticket: str) -> None:
        """See control.RelayControl."""
        await self._seat("move", ticket)

    async def view(self, connection: str, widths: dict[str, int]) -> None:
        """See control.RelayControl."""
        await self._start()
        node = await self._find(connection)
        if node is None:
            raise RelayRefused("connection.unknown")
        await self._call(node, "view", connection=connection, widths=widths)

    async def unseat(self, connection: str, *, close: bool = False) -> None:
        """See control.RelayControl. A node that is gone forwards nothing: that is enough."""
        await self._start()
        node = await self._carrier(partial(self._find, connection))
        if node is not None:
            await self._call(node, "unseat", connection=connection, close=close)
        if close:
            self._node_of.pop(connection, None)
            await _reaching(self._redis.delete(connection_key(connection)))

    async def close_room(self, room: str) -> None:
        """See control.RelayControl."""
        await self._start()
        node = await self._carrier(partial(self._find_room, room))
        if node is not None:
            await self._call(node, "close_room", room=room)

    async def watch(self, connection: str) -> AsyncIterator[RelayEvent]:
        """See control.RelayControl."""
        await self._start()
        queue: asyncio.Queue[RelayEvent] = asyncio.Queue(MAX_UNREAD)
        self._queues[connection].add(queue)
        try:
            node = await self._find(connection)
            if node is not None:
                for body in await self._present(node, connection):
                    yield read_event(body)
            while True:
                yield await queue.get()
        finally:
            self._queues[connection].discard(queue)
            if not self._queues[connection]:
                del self._queues[connection]
                self._forget_told(connection)

    async def close(self) -> None:
        """Stop listening; open calls fail as unreachable."""
        # First: a connection in use by a task would never be closed.
        await end([*self._tasks, *([self._coming] if self._coming else [])])
        self._tasks = []
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(RelayRefused("relay.unreachable"))
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it bare
        await self._redis.aclose()

    async def _start(self) -> None:
        async with self._starting:
            if self._tasks:
                return
            await _reaching(self._pubsub.subscribe(replies_channel(self._client)))
            await _reaching(self._pubsub.psubscribe(events_channel("*")))
            self._tasks = [
                asyncio.create_task(forever(self._listen_once)),
                asyncio.create_task(forever(self._look_after_nodes_once)),
            ]

    async def _call(self, node: str, call: str, **arguments: Any) -> Any:
        request = Request(id=uuid4().hex, client=self._client, call=call, arguments=arguments)
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = waiting
        try:
            heard = await _reaching(self._redis.publish(requests_channel(node), request.write()))
            if not heard:
                raise RelayRefused("relay.unreachable")
            async with asyncio.timeout(CALL_SECONDS):
                reply = await waiting
        except TimeoutError:
            raise RelayRefused("relay.unreachable") from None
        finally:
            del self._waiting[request.id]
        return reply.unwrap()

    async def _seat(self, call: str, ticket: str) -> None:
        """Every renewal also tells the watchers the present state, in case Redis lost an event."""
        await self._start()
        connection = read_unverified(ticket).connection
        node = await self._find(connection)
        if node is None:
            raise RelayRefused("connection.unknown")
        for body in await self._call(node, call, ticket=ticket):
            self._deliver(connection, read_event(body))

    async def _present(self, node: str, connection: str) -> list[dict[str, Any]]:
        self._node_of[connection] = node
        try:
            return list(await self._call(node, "present", connection=connection))
        except RelayRefused:
            return [{"event": "lost"}]

    async def _find(self, connection: str) -> str | None:
        """The connection's node; a Redis that was started anew does not know it for a moment."""
        node = await _reaching(self._redis.get(connection_key(connection)))
        return self._node_of.get(connection) if node is None else str(node)

    async def _find_room(self, room: str) -> str | None:
        node = await _reaching(self._redis.hget(ROOMS, room))
        return None if node is None else str(node)

    async def _carrier(self, find: Callable[[], Awaitable[str | None]]) -> str | None:
        """The living node from which something is to be taken, or None if none carries it.

        A Redis that was started anew knows of no node for a moment, while their seats live on.
        """
        while True:
            node = await find()
            signs = await self._signs_of_life(node) if node is not None else ()
            if node is not None and all(signs):
                return node
            if not await self._is_redis_new():
                return node if any(signs) else None
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)

    async def _is_redis_new(self) -> bool:
        about = await _reaching(self._redis.info("server"))
        return int(about["uptime_in_seconds"]) < SAID_AGAIN_SECONDS

    async def _listens(self, node: str) -> bool:
        """Alive, and subscribed to its calls: a killed process loses its subscription at once."""
        return all(await self._signs_of_life(node))

    async def _signs_of_life(self, node: str) -> tuple[bool, bool]:
        """Whether it is subscribed to its calls, and whether its figures are there."""
        ((_, listeners),) = await _reaching(self._redis.pubsub_numsub(requests_channel(node)))
        return bool(listeners), bool(await _reaching(self._redis.exists(node_key(node))))

    async def _place(self, session: str) -> str:
        """The session's node; the first to ask chooses, and a dead choice is made anew."""
        key = session_key(session)
        placed = await _reaching(self._redis.get(key))
        if placed is not None and await self._listens(str(placed)):
            return str(placed)
        if placed is not None:
            # Only the dead choice is taken away, never a newer one.
            await _reaching(self._redis.eval(_DELETE_IF, 1, key, placed))
        chosen = await self._least_loaded()
        if chosen is None and await self._comes():
            chosen = await self._least_loaded()
        if chosen is None:
            raise RelayRefused("relay.unreachable")
        await _reaching(self._redis.set(key, chosen, nx=True, ex=PLACED_SECONDS))
        return str(await _reaching(self._redis.get(key)))

    async def _comes(self) -> bool:
        """Wait for a node, together with everybody else who does; False if none has come."""
        if self._coming is None or self._coming.done():
            self._coming = asyncio.create_task(self._look_out())
        return await asyncio.shield(self._coming)

    async def _look_out(self) -> bool:
        until = time.monotonic() + COMING_SECONDS
        with contextlib.suppress(RelayRefused):
            while time.monotonic() < until:
                await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
                if await self._least_loaded() is not None:
                    return True
        return False

    async def _least_loaded(self) -> str | None:
        loads: list[tuple[int, str]] = []
        for node in await _reaching(self._redis.smembers(NODES)):
            figures = await _reaching(self._redis.hgetall(node_key(node)))
            if not figures:
                await _reaching(self._redis.srem(NODES, node))
            else:
                loads.append((int(figures["load"]), node))
        for _, node in sorted(loads):
            # A node that was killed stays on the list until its figures expire.
            if await self._listens(node):
                return node
        return None

    async def _listen_once(self) -> None:
        message = await self._pubsub.get_message(timeout=None)
        if message is None:
            return
        # Other programs may share this Redis: what is not ours is passed over.
        with contextlib.suppress(Malformed):
            self._read(message["channel"], message["data"])

    def _read(self, channel: str, text: str) -> None:
        if channel == replies_channel(self._client):
            reply = Reply.read(text)
            waiting = self._waiting.get(reply.id)
            if waiting is not None and not waiting.done():
                waiting.set_result(reply)
            return
        connection = channel.removeprefix(events_channel(""))
        if connection in self._queues:
            self._deliver(connection, event_of(text))

    async def _look_after_nodes_once(self) -> None:
        await asyncio.sleep(LOOK_SECONDS)
        watched = {name: self._node_of[name] for name in self._queues if name in self._node_of}
        before, self._silent = self._silent, set()
        known, self._run_of_redis = self._run_of_redis, ""
        try:
            silent = {node for node in set(watched.values()) if not await self._listens(node)}
            # It may have been away between two looks, too briefly for either to fail.
            self._run_of_redis = (await _reaching(self._redis.info("server")))["run_id"]
        except RelayRefused:
            return
        if self._run_of_redis != known:
            await asyncio.sleep(SETTLING_SECONDS)
            return
        self._silent = silent
        for connection, node in watched.items():
            # Its page may have gone elsewhere during this look.
            if node in self._silent & before and self._node_of.get(connection) == node:
                self._deliver(connection, NodeLost())

    def _deliver(self, connection: str, event: RelayEvent) -> None:
        if isinstance(event, NodeLost) and self._node_of.pop(connection, None) is None:
            return
        if isinstance(event, _RENEWED) and connection in self._queues:
            if self._told.get((connection, type(event))) == event:
                return
            self._told[connection, type(event)] = event
        for queue in self._queues.get(connection, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    def _forget_told(self, connection: str) -> None:
        for kind in _RENEWED:
            self._told.pop((connection, kind), None)


_DELETE_IF = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


async def _reaching(call: Any) -> Any:
    """Redis' absence is the relay's absence. `Any`: redis-py types its calls as unions."""
    try:
        return await call
    except (RedisError, OSError):
        raise RelayRefused("relay.unreachable") from None
