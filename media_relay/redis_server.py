"""The relay node's side of control through Redis: it answers calls and shows it is alive."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError

from media_relay.control import NodeLost, RelayEvent
from media_relay.errors import Malformed, RelayError
from media_relay.node import Node
from media_relay.redis_wire import (
    DEAD_AFTER_SECONDS,
    HEARTBEAT_SECONDS,
    NODES,
    PLACED_SECONDS,
    ROOMS,
    Reply,
    Request,
    connect,
    connection_key,
    events_channel,
    node_key,
    replies_channel,
    requests_channel,
    session_key,
    write_event,
)
from media_relay.tasks import end, forever

# Events beyond this wait for a Redis that hangs; the oldest are dropped, clients ask anew.
MAX_EVENTS = 1024
# Calls at work at once; more are refused rather than queued without end.
MAX_CALLS = 256


class RedisServer:
    """Serves one Node until `close`, which is idempotent."""

    def __init__(self, node: Node, url: str) -> None:
        self.name = uuid4().hex
        self._node = node
        self._redis = connect(url)
        self._events: asyncio.Queue[tuple[str, RelayEvent]] = asyncio.Queue(MAX_EVENTS)
        self._tasks: list[asyncio.Task[None]] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._rooms: set[str] = set()
        self._noting = asyncio.Lock()

    async def start(self) -> None:
        """Listen, then announce the node. RedisError if Redis cannot be reached."""
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        await self._pubsub.subscribe(requests_channel(self.name))
        self._node.watchers.tap(self._note)
        await self._beat()
        loops: tuple[Callable[[], Awaitable[None]], ...] = (
            self._listen_once,
            self._publish_once,
            self._beat_once,
        )
        self._tasks = [asyncio.create_task(forever(step)) for step in loops]

    async def close(self) -> None:
        """Take the node off the list and tell everybody on it."""
        # First: a connection in use by a task would never be closed.
        await end([*self._tasks, *self._calls])
        self._tasks = []
        try:
            await self._redis.delete(node_key(self.name))
            await self._redis.srem(NODES, self.name)
            for connection in self._node.connections:
                await self._publish(connection, NodeLost())
            await self._forget_rooms(self._rooms)
        except RedisError:
            # The heartbeat's expiry will say the same.
            pass
        self._rooms.clear()
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it bare
        await self._redis.aclose()

    def _note(self, connection: str, event: RelayEvent) -> None:
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait((connection, event))

    async def _listen_once(self) -> None:
        message = await self._pubsub.get_message(timeout=None)
        if message is None:
            return
        try:
            request = Request.read(message["data"])
        except Malformed:
            return
        if len(self._calls) >= MAX_CALLS:
            await self._reply(request, Reply(id=request.id, refused="node.busy"))
            return
        task = asyncio.create_task(self._answer(request))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _answer(self, request: Request) -> None:
        try:
            value = await self._call(request.call, request.arguments)
            reply = Reply(id=request.id, value=value)
        except RelayError as error:
            reply = Reply(id=request.id, refused=error.code)
        except (TypeError, KeyError):
            # Arguments of another shape: no process of ours sends them.
            reply = Reply(id=request.id, refused="call.malformed")
        try:
            await self._note_rooms()
            await self._reply(request, reply)
        except RedisError:
            # Unacknowledged: the caller's time runs out and it asks again or gives up.
            return

    async def _call(self, call: str, arguments: dict[str, Any]) -> Any:
        node = self._node
        match call:
            case "open_transport":
                return await node.open_transport(**arguments)
            case "seat":
                return self._present(node.seat(**arguments))
            case "move":
                return self._present(node.move(**arguments))
            case "view":
                node.view(**arguments)
            case "unseat":
                await node.unseat(**arguments)
            case "close_room":
                await node.close_room(**arguments)
            case "present":
                return self._present(arguments["connection"])
            case _:
                raise RelayError("call.unknown")
        return None

    def _present(self, connection: str) -> list[dict[str, Any]]:
        return [write_event(event) for event in self._node.present(connection)]

    async def _reply(self, request: Request, reply: Reply) -> None:
        await self._redis.publish(replies_channel(request.client), reply.write())

    async def _publish_once(self) -> None:
        connection, event = await self._events.get()
        await self._publish(connection, event)

    async def _publish(self, connection: str, event: RelayEvent) -> None:
        await self._redis.publish(events_channel(connection), json.dumps(write_event(event)))

    async def _beat_once(self) -> None:
        await self._beat()
        await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _beat(self) -> None:
        candidate = self._node.candidates[0]
        figures: dict[Any, Any] = {  # redis-py's own union, invariant
            "load": self._node.load,
            "address": f"{candidate.address} {candidate.port}",
            "heartbeat": time.time(),
        }
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(node_key(self.name), mapping=figures)
            pipeline.pexpire(node_key(self.name), int(DEAD_AFTER_SECONDS * 1000))
            pipeline.sadd(NODES, self.name)
            is_forgotten, *_ = await pipeline.execute()
        # First: what another node carries by now is let go, not said again.
        await self._keep_sessions()
        if is_forgotten:
            await self._say_again()
        await self._note_rooms()

    async def _say_again(self) -> None:
        """Redis was started anew, or this node was late: what was said of it is lost."""
        async with self._noting:
            self._rooms = set()
        for connection in self._node.connections:
            # A newer word, of another node, stands.
            await self._redis.set(connection_key(connection), self.name, nx=True, ex=PLACED_SECONDS)

    async def _note_rooms(self) -> None:
        """Keep `room → node` true for the rooms of this node."""
        async with self._noting:
            present = self._node.rooms
            for room in present - self._rooms:
                await self._redis.hset(ROOMS, room, self.name)
            await self._forget_rooms(self._rooms - present)
            self._rooms = present

    async def _forget_rooms(self, rooms: set[str]) -> None:
        for room in rooms:
            # Another node may have the room by now.
            await self._redis.eval(_FORGET_IF, 1, ROOMS, room, self.name)

    async def _keep_sessions(self) -> None:
        """Keep what is placed nowhere; let go what was placed elsewhere meanwhile."""
        sessions = list(self._node.sessions)
        if not sessions:
            return
        placed = await self._redis.mget([session_key(each) for each in sessions])
        for session, node in zip(sessions, placed, strict=True):
            if node is None:
                key = session_key(session)
                await self._redis.set(key, self.name, nx=True, ex=PLACED_SECONDS)
            elif node != self.name:
                await self._let_go(session)

    async def _let_go(self, session: str) -> None:
        for connection in self._node.sessions.get(session, ()):
            # Whoever has a fresh transport elsewhere already is not told.
            if await self._redis.get(connection_key(connection)) in (self.name, None):
                await self._publish(connection, NodeLost())
            await self._node.let_go(connection)


_FORGET_IF = """
if redis.call('hget', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('hdel', KEYS[1], ARGV[1]) end
"""
