"""The same control interface through a real Redis, with nodes that come and go."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis import asyncio as aioredis

from media_relay import redis_control
from media_relay.control import (
    NodeLost,
    RelayEvent,
    RelayRefused,
    SlotsMapped,
    TicketRefused,
    TransportConnected,
)
from media_relay.node import Node
from media_relay.redis_control import RedisControl
from media_relay.redis_server import RedisServer
from media_relay.redis_wire import (
    NODES,
    PREFIX,
    ROOMS,
    events_channel,
    node_key,
    requests_channel,
    session_key,
)
from media_relay.tasks import end
from tests.media_relay.desk import Desk
from tests.media_relay.offers import offer
from tests.media_relay.peer import Peer


@asynccontextmanager
async def served(desk: Desk, url: str) -> AsyncIterator[tuple[Node, RedisServer]]:
    node = desk.node()
    await node.start()
    server = RedisServer(node, url)
    await server.start()
    try:
        yield node, server
    finally:
        await server.close()
        await node.close()


@asynccontextmanager
async def controlled(url: str) -> AsyncIterator[RedisControl]:
    control = RedisControl(url)
    try:
        yield control
    finally:
        await control.close()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[aioredis.Redis]:
    client: aioredis.Redis = aioredis.Redis.from_url(redis_url, decode_responses=True)
    async for key in client.scan_iter(f"{PREFIX}:*"):
        await client.delete(key)
    yield client
    await client.aclose()


@pytest.fixture
def nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No relay process is started anew: nobody waits long for one."""
    monkeypatch.setattr(redis_control, "COMING_SECONDS", 0.2)


async def next_event(events: AsyncIterator[RelayEvent], kind: type[RelayEvent]) -> RelayEvent:
    async with asyncio.timeout(10):
        while True:
            event = await anext(events)
            if isinstance(event, kind):
                return event


async def die(server: RedisServer) -> None:
    """As a killed process does: without a word, and its subscription is gone at once."""
    await end(server._tasks)
    await server._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it bare


async def until_told(redis: aioredis.Redis, server: RedisServer, figure: str, value: str) -> None:
    """The node's next heartbeat says so."""
    async with asyncio.timeout(10):
        while True:
            if await redis.hget(node_key(server.name), figure) == value:
                return
            await asyncio.sleep(0.05)


async def test_media_flows_when_every_call_goes_through_redis(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    ana, ben = Peer("ana"), Peer("ben")
    async with served(desk, redis_url), controlled(redis_url) as control:
        for peer in (ana, ben):
            await peer.open(control, desk)
        events = control.watch("ana")
        await next_event(events, TransportConnected)
        await control.seat(desk.seat("ana", 1))
        await control.seat(desk.seat("ben", 2))
        mapped = await next_event(events, SlotsMapped)
        while not (isinstance(mapped, SlotsMapped) and mapped.slots):
            mapped = await next_event(events, SlotsMapped)
        assert {slot.seat for slot in mapped.slots} == {2}
        await ana.until(lambda frames: frames["3"] > 20 and frames["18"] > 10)
        assert await redis.hkeys(ROOMS) == ["room"]

        await control.close_room("room")
        assert await redis.hkeys(ROOMS) == []
        await ana.close()
        await ben.close()


async def test_another_web_process_removes_whom_it_never_saw(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with served(desk, redis_url) as (node, _), controlled(redis_url) as first:
        await first.open_transport(desk.transport("ana"), offer())
        await first.seat(desk.seat("ana", 1))
        async with controlled(redis_url) as second:
            await second.unseat("ana", close=True)
            assert node.connections == set()
            assert node.rooms == set()
            await second.unseat("ana", close=True)


async def test_a_refusal_keeps_its_code_on_the_way(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with served(desk, redis_url), controlled(redis_url) as control:
        ticket = desk.transport("ana")
        await control.open_transport(ticket, offer())
        with pytest.raises(TicketRefused) as replayed:
            await control.open_transport(ticket, offer())
        assert replayed.value.code == "ticket.replayed"
        with pytest.raises(RelayRefused) as unseated:
            await control.move(desk.seat("ana", 1))
        assert unseated.value.code == "seat.unknown"
        with pytest.raises(RelayRefused) as unknown:
            await control.seat(desk.seat("ben", 2))
        assert unknown.value.code == "connection.unknown"


async def test_words_that_no_process_of_ours_says_change_nothing(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with served(desk, redis_url) as (node, server), controlled(redis_url) as control:
        await control.open_transport(desk.transport("ana"), offer())
        channel = requests_channel(server.name)
        wrong = {"id": "1", "client": "x", "call": "seat", "arguments": {"door": "open"}}
        for text in (
            "",
            "no json",
            "[]",
            "{}",
            json.dumps({**wrong, "call": 7}),
            json.dumps(wrong),
        ):
            await redis.publish(channel, text)
        await redis.publish(channel, json.dumps({**wrong, "call": "close"}))
        await redis.publish(events_channel("ana"), "no json")
        await control.seat(desk.seat("ana", 1))
        assert node.rooms == {"room"}


async def test_an_offer_is_held_while_no_node_is_there_and_answered_by_the_next(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with controlled(redis_url) as control, asyncio.TaskGroup() as pages:
        held = [
            pages.create_task(control.open_transport(desk.transport(who), offer()))
            for who in ("ana", "ben")
        ]
        await asyncio.sleep(0.3)
        assert not any(each.done() for each in held)
        async with served(desk, redis_url) as (node, _):
            for each in held:
                assert "a=candidate" in await each
            assert node.connections == {"ana", "ben"}


async def test_when_no_node_comes_the_relay_is_unreachable(
    redis: aioredis.Redis, redis_url: str, desk: Desk, nobody_comes: None
) -> None:
    async with controlled(redis_url) as control:
        for _ in range(2):
            with pytest.raises(RelayRefused) as refused:
                await control.open_transport(desk.transport("ana"), offer())
            assert refused.value.code == "relay.unreachable"


async def test_without_redis_the_relay_is_unreachable(desk: Desk) -> None:
    async with controlled("redis://127.0.0.1:1/0") as control:
        with pytest.raises(RelayRefused) as refused:
            await control.open_transport(desk.transport("ana"), offer())
    assert refused.value.code == "relay.unreachable"


async def test_sessions_go_to_the_node_with_the_least_load_and_stay_there(
    redis: aioredis.Redis, redis_url: str
) -> None:
    one = Desk("one")
    async with served(one, redis_url) as (first, server), controlled(redis_url) as control:
        await control.open_transport(one.transport("ana"), offer())
        await until_told(redis, server, "load", "1")
        other = Desk("two")
        other.key = one.key
        async with served(one, redis_url) as (second, _):
            await control.open_transport(other.transport("cleo"), offer())
            await control.open_transport(one.transport("ben"), offer())
            assert first.connections == {"ana", "ben"}
            assert second.connections == {"cleo"}


async def test_a_dead_node_that_is_still_on_the_list_gets_no_session(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    """The living one has more to do, and would not be chosen if both lived."""
    async with served(desk, redis_url) as (living, server), controlled(redis_url) as control:
        await control.open_transport(desk.transport("ana"), offer())
        await until_told(redis, server, "load", "1")
        await redis.delete(session_key("session"))
        await redis.sadd(NODES, "dead")
        await redis.hset(node_key("dead"), mapping={"load": 0})
        await control.open_transport(desk.transport("ben"), offer())
        assert living.connections == {"ana", "ben"}


async def test_a_dead_node_is_announced_and_the_session_opens_elsewhere(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with controlled(redis_url) as control, served(desk, redis_url) as (_, server):
        await control.open_transport(desk.transport("ana"), offer())
        events = control.watch("ana")
        lost = asyncio.create_task(next_event(events, NodeLost))
        await asyncio.sleep(0.2)
        await die(server)
        await lost
        while await redis.exists(node_key(server.name)):  # noqa: ASYNC110  # Redis tells no event
            await asyncio.sleep(0.05)
        await control.unseat("ana")
        async with served(desk, redis_url) as (heir, _):
            await control.open_transport(desk.transport("ana"), offer())
            assert heir.connections == {"ana"}


async def test_after_a_nodes_death_the_same_slots_are_told_again(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with controlled(redis_url) as control:
        events = control.watch("ana")
        for _ in range(2):
            async with served(desk, redis_url) as (_, server):
                ana, ben = Peer("ana"), Peer("ben")
                await ben.open(control, desk)
                await control.seat(desk.seat("ben", 2))
                await ana.open(control, desk)
                await next_event(events, TransportConnected)
                await control.seat(desk.seat("ana", 1))
                await _told_of_seat(events, 2)
                await die(server)
                await next_event(events, NodeLost)
                await ana.close()
                await ben.close()


async def _told_of_seat(events: AsyncIterator[RelayEvent], seat: int) -> None:
    mapped = await next_event(events, SlotsMapped)
    while not any(slot.seat == seat for slot in getattr(mapped, "slots", ())):
        mapped = await next_event(events, SlotsMapped)


async def test_a_session_of_a_closing_node_comes_back_on_another(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with controlled(redis_url) as control, served(desk, redis_url) as (first, server):
        await control.open_transport(desk.transport("ana"), offer())
        assert first.connections == {"ana"}
        events = control.watch("ana")
        lost = asyncio.create_task(next_event(events, NodeLost))
        async with served(desk, redis_url) as (heir, _):
            await asyncio.sleep(0.2)
            await server.close()
            await lost
            await control.open_transport(desk.transport("ana"), offer())
            assert heir.connections == {"ana"}


async def test_a_closing_node_says_so_and_leaves_the_list(
    redis: aioredis.Redis, redis_url: str, desk: Desk
) -> None:
    async with controlled(redis_url) as control:
        async with served(desk, redis_url):
            await control.open_transport(desk.transport("ana"), offer())
            events = control.watch("ana")
            lost = asyncio.create_task(next_event(events, NodeLost))
            await asyncio.sleep(0.2)
        await lost
        assert await redis.smembers(NODES) == set()
