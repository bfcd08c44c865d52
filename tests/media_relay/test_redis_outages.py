"""What a Redis that is started anew has forgotten, and a node that was late."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from redis import asyncio as aioredis

from config.development.servers import RedisServer as Redis
from config.development.servers import home_for
from media_relay import redis_control
from media_relay.control import NodeLost, RelayEvent, RelayRefused, SlotsMapped, TransportConnected
from media_relay.node import Node
from media_relay.redis_control import RedisControl
from media_relay.redis_wire import ROOMS, connection_key, node_key, session_key
from media_relay.tasks import end
from tests.media_relay.desk import Desk
from tests.media_relay.offers import offer
from tests.media_relay.peer import Peer
from tests.media_relay.test_redis_control import controlled, die, next_event, served

PAGES = 12


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """One that a test may stop."""
    redis = Redis(home_for(tmp_path / "redis"))
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
async def client(own_redis: Redis) -> AsyncIterator[aioredis.Redis]:
    """To look into it and to write what other processes would."""
    client: aioredis.Redis = aioredis.Redis.from_url(own_redis.url)
    yield client
    await client.aclose()


@pytest.fixture
def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests whose every look at the nodes is their own."""
    monkeypatch.setattr(redis_control, "LOOK_SECONDS", 0)
    monkeypatch.setattr(redis_control, "SETTLING_SECONDS", 0)


async def start_anew(redis: Redis) -> None:
    """All that it knew is gone."""
    await asyncio.to_thread(redis.stop)
    await asyncio.to_thread(redis.start)


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110  # Redis tells no event
            await asyncio.sleep(0.05)


async def is_reached(control: RedisControl, ticket: str) -> bool:
    """Whether a call of the control comes through; it may be too early for that."""
    try:
        await control.seat(ticket)
    except RelayRefused as refused:
        if refused.code != "relay.unreachable":
            raise
        return False
    return True


async def collect(events: AsyncIterator[RelayEvent], into: asyncio.Queue[RelayEvent]) -> None:
    async for event in events:
        into.put_nowait(event)


async def has_none(node: Node) -> bool:
    return not node.connections


async def is_watched(control: RedisControl, connection: str) -> bool:
    return connection in control._queues


async def come_and_go(control: RedisControl, page: str) -> None:
    """A page that watches for a moment, again and again, whatever Redis does."""
    while True:
        with suppress(TimeoutError, RelayRefused):
            async with asyncio.timeout(0.02):
                await collect(control.watch(page), asyncio.Queue())


async def test_pages_that_come_and_go_meanwhile_do_not_deafen_the_web_process(
    own_redis: Redis, client: aioredis.Redis, desk: Desk
) -> None:
    async with served(desk, own_redis.url), controlled(own_redis.url) as control:
        ana = Peer("ana")
        await ana.open(control, desk)
        await control.seat(desk.seat("ana", 1))
        events = control.watch("ana")
        await next_event(events, SlotsMapped)
        pages = [asyncio.create_task(come_and_go(control, str(page))) for page in range(PAGES)]
        for _ in range(3):
            await start_anew(own_redis)
            await asyncio.sleep(0.3)
        await end(pages)
        await until(lambda: is_reached(control, desk.seat("ana", 1)))
        ben = Peer("ben")
        await ben.open(control, desk)
        await control.seat(desk.seat("ben", 2))
        while True:
            mapped = await next_event(events, SlotsMapped)
            if isinstance(mapped, SlotsMapped) and {slot.seat for slot in mapped.slots} == {2}:
                break
        await ana.close()
        await ben.close()


async def test_a_removal_still_reaches_the_node_after_redis_has_forgotten_it(
    own_redis: Redis, desk: Desk
) -> None:
    async with served(desk, own_redis.url) as (node, _), controlled(own_redis.url) as control:
        for who, seat in (("ana", 1), ("ben", 2), ("cora", 3)):
            await control.open_transport(desk.transport(who), offer())
            await control.seat(desk.seat(who, seat))
        await start_anew(own_redis)
        async with controlled(own_redis.url) as of_the_host:
            await of_the_host.unseat("ana", close=True)
            assert node.connections == {"ben", "cora"}
        await start_anew(own_redis)
        async with controlled(own_redis.url) as of_the_host:
            await of_the_host.close_room("room")
            assert node.connections == set()


async def test_who_opened_the_transport_removes_it_even_before_the_node_has_said_so(
    own_redis: Redis, client: aioredis.Redis, desk: Desk
) -> None:
    async with served(desk, own_redis.url) as (node, server), controlled(own_redis.url) as control:
        await control.open_transport(desk.transport("ana"), offer())
        await client.delete(connection_key("ana"), node_key(server.name))
        await control.unseat("ana", close=True)
        assert node.connections == set()


async def test_a_session_that_was_placed_elsewhere_meanwhile_moves_there(
    own_redis: Redis, client: aioredis.Redis, desk: Desk
) -> None:
    async with served(desk, own_redis.url) as (late, _), controlled(own_redis.url) as control:
        for who in ("ana", "ben"):
            await control.open_transport(desk.transport(who), offer())
        bens: asyncio.Queue[RelayEvent] = asyncio.Queue()
        watching = asyncio.create_task(collect(control.watch("ben"), bens))
        anas = control.watch("ana")
        lost = asyncio.create_task(next_event(anas, NodeLost))
        async with served(desk, own_redis.url) as (heir, server):
            await asyncio.sleep(0.2)
            # Ben's page has its fresh transport already.
            await client.set(connection_key("ben"), server.name)
            await client.set(session_key("session"), server.name)
            await lost
            await until(lambda: has_none(late))
            await control.open_transport(desk.transport("ana"), offer())
            assert heir.connections == {"ana"}
        await end([watching])
        assert bens.empty()


async def test_a_late_node_does_not_claim_a_room_that_another_carries_by_now(
    own_redis: Redis, client: aioredis.Redis, desk: Desk
) -> None:
    async with (
        served(desk, own_redis.url) as (late, late_server),
        controlled(own_redis.url) as control,
    ):
        await control.open_transport(desk.transport("ana"), offer())
        await control.seat(desk.seat("ana", 1))
        async with served(desk, own_redis.url) as (_, heir):
            await client.set(session_key("session"), heir.name)
            await client.hset(ROOMS, "room", heir.name)
            await client.delete(node_key(late_server.name))
            await until(lambda: has_none(late))
            # Whatever it forgets it has forgotten by its next beat.
            await late_server._beat()
            assert await client.hget(ROOMS, "room") == heir.name.encode()


async def test_whoever_went_elsewhere_during_a_look_is_not_lost(
    own_redis: Redis, desk: Desk, looks_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(desk, own_redis.url) as (_, server), controlled(own_redis.url) as control:
        for who in ("ana", "ben"):
            await control.open_transport(desk.transport(who), offer())
        await end(control._tasks[1:])
        told: asyncio.Queue[RelayEvent] = asyncio.Queue()
        watching = [
            asyncio.create_task(collect(control.watch(who), told)) for who in ("ana", "ben")
        ]
        for who in ("ana", "ben"):
            await until(partial(is_watched, control, who))
        await control._look_after_nodes_once()
        await die(server)
        await control._look_after_nodes_once()
        look = control._listens

        async def look_while_ben_comes_back(node: str) -> bool:
            control._node_of["ben"] = "heir"
            return await look(node)

        monkeypatch.setattr(control, "_listens", look_while_ben_comes_back)
        await control._look_after_nodes_once()
        async with asyncio.timeout(10):
            assert await told.get() == NodeLost()
        assert told.empty()
        assert control._node_of == {"ben": "heir"}
        await end(watching)


async def test_a_restart_between_two_looks_gives_the_nodes_a_moment_as_well(
    own_redis: Redis, desk: Desk, looks_at_once: None
) -> None:
    async with served(desk, own_redis.url) as (_, server), controlled(own_redis.url) as control:
        await control.open_transport(desk.transport("ana"), offer())
        await end(control._tasks[1:])
        told: asyncio.Queue[RelayEvent] = asyncio.Queue()
        watching = asyncio.create_task(collect(control.watch("ana"), told))
        await until(partial(is_watched, control, "ana"))
        await control._look_after_nodes_once()
        # The node never listens again: with Redis its subscription ends.
        await end(server._tasks[:1])
        await start_anew(own_redis)
        for _ in range(2):
            await control._look_after_nodes_once()
        assert told.empty()
        await control._look_after_nodes_once()
        async with asyncio.timeout(10):
            assert await told.get() == NodeLost()
        await end([watching])


async def test_a_connection_whose_event_was_lost_is_told_at_the_next_renewal(
    own_redis: Redis, client: aioredis.Redis, desk: Desk
) -> None:
    async with served(desk, own_redis.url) as (_, server), controlled(own_redis.url) as control:
        told: asyncio.Queue[RelayEvent] = asyncio.Queue()
        watching = asyncio.create_task(collect(control.watch("ana"), told))
        await asyncio.sleep(0.2)
        # Nothing that happens is published any more.
        await end(server._tasks[1:2])
        ana = Peer("ana")
        await ana.open(control, desk)
        await asyncio.sleep(0.2)
        assert told.empty()
        await control.seat(desk.seat("ana", 1))
        async with asyncio.timeout(5):
            assert await told.get() == TransportConnected()
        await end([watching])
        await ana.close()
