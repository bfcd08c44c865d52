"""`manage.py relay`: one relay process; start one for each core with its own `--index`.

It holds no key but the one that verifies tickets, and needs no database.
"""

import asyncio
import gc
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from config.relaying import node_config
from media_relay.errors import EngineUnavailable
from media_relay.metrics import serve
from media_relay.node import Node
from media_relay.redis_server import RedisServer


class Command(BaseCommand):
    help = "Forwards encrypted media; takes its orders through Redis."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--index", type=int, default=0, help="added to RELAY_PORT (0)")

    def handle(self, *args: Any, index: int, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError("Set REDIS_URL: the relay takes its orders through Redis.")
        asyncio.run(self._relay(index))

    async def _relay(self, index: int) -> None:
        node = Node(node_config(index))
        try:
            await node.start()
        except OSError as error:
            port = settings.RELAY_PORT + index
            raise CommandError(f"UDP port {port} cannot be used: {error.strerror}.") from error
        except EngineUnavailable as error:
            raise CommandError(
                "RELAY_ENGINE=fast cannot be had here: install requirements-fast.lock"
                f" or set RELAY_ENGINE=auto ({error.code})."
            ) from error
        server = RedisServer(node, settings.REDIS_URL)
        metrics = await self._serve_metrics(node, index)
        try:
            await self._serve(server)
        finally:
            if metrics is not None:
                metrics.close()
            await node.close()

    async def _serve_metrics(self, node: Node, index: int) -> asyncio.Server | None:
        host, _, port = settings.RELAY_METRICS.rpartition(":")
        if not port.isdecimal():
            return None
        try:
            return await serve(lambda: node.figures, host, int(port) + index)
        except OSError as error:
            await node.close()
            raise CommandError(f"RELAY_METRICS cannot be used: {error.strerror}.") from error

    async def _serve(self, server: RedisServer) -> None:
        try:
            await server.start()
        except RedisError as error:
            raise CommandError("Redis cannot be reached at REDIS_URL.") from error
        # What a start leaves behind stays: a search through it would hold packets up.
        gc.freeze()
        gc.enable()
        self.stdout.write(f"relay {server.name} is ready")
        self.stdout.flush()
        await told_to_stop()
        await server.close()


async def told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
