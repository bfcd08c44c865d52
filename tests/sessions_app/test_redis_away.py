"""A call outlasts a Redis that is away, and a removal made meanwhile arrives with its return."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from config.development.servers import RedisServer as Redis
from config.development.servers import home_for
from media_relay.node import Node
from media_relay.redis_control import RedisControl
from media_relay.redis_server import RedisServer
from sessions_app import consumers, relay
from sessions_app.sockets import line
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.socket import sits, until
from tests.sessions_app.test_database_away import admission_of, in_a_call
from tests.trail import recorded

in_db = sync_to_async


@pytest.fixture
async def own_redis(
    tmp_path: Path, relay_node: Node, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Redis]:
    """Between this process and its relay, and between its sockets: one that a test may stop."""
    redis = Redis(home_for(tmp_path / "redis"))
    await asyncio.to_thread(redis.start)
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": layer, "CONFIG": {"hosts": [redis.url]}}}
    monkeypatch.setattr(consumers, "RENEW_SECONDS", 0.3)
    monkeypatch.setattr(line, "TRY_AGAIN_SECONDS", 0.1)
    monkeypatch.setattr("media_relay.ice.CONSENT_SECONDS", 600.0)
    server, control = RedisServer(relay_node, redis.url), RedisControl(redis.url)
    await server.start()
    relay.attach(control)
    yield redis
    await control.close()
    await server.close()
    await asyncio.to_thread(redis.stop)


async def test_who_sits_outlasts_a_redis_that_is_away(
    committed_meeting: Meeting, relay_node: Node, own_redis: Redis
) -> None:
    async with in_a_call(committed_meeting) as (thea, ana):
        seated = [await admission_of(page) for page in (thea, ana)]
        await until(lambda: all(sits(relay_node, one) for one in seated))
        await asyncio.to_thread(own_redis.stop)
        # Several renewals find nobody.
        await asyncio.sleep(1.0)
        for page in (thea, ana):
            await page.say("ping")
            await page.hear("pong")
            assert {"transport", "closed"}.isdisjoint(page.heard)
        await thea.say("remove", admission=ana.visit, scope="session", reason="safety")
        assert (await ana.hear("closed"))["reason"] == "removed"
        assert len(await in_db(recorded)("admission.removed")) == 1
        # Whoever asks only once has given up by then.
        await asyncio.sleep(1.0)
        assert all(sits(relay_node, one) for one in seated)
        await asyncio.to_thread(own_redis.start)
        await until(lambda: relay_node.load == 1)
        assert sits(relay_node, seated[0])
        assert {"transport", "closed"}.isdisjoint(thea.heard)
