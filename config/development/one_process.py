"""The whole demo in one process beside PostgreSQL: server, relay, sequencer and minute tick.

Daphne has no lifespan protocol, so whoever owns the loop starts and stops everything: this file.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from daphne.server import Server, twisted_loop
from django.conf import settings
from django.db import connections
from twisted.internet import reactor

from audit import sequencer
from config.celery import TICKS, app
from config.development.progress import Stop
from config.relaying import node_config
from media_relay.control import InProcessControl
from media_relay.errors import EngineUnavailable
from media_relay.node import Node
from sessions_app import relay

TICK_SECONDS = 60
STOP_SECONDS = 10

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class OneProcess:
    """`run` returns when it was told to stop and everything inside has ended."""

    application: Any
    port: int
    when_ready: Callable[[], None]
    every_minute: Callable[[], object]
    stopping: threading.Event = field(default_factory=threading.Event)
    ticking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def run(self) -> None:
        loop: asyncio.AbstractEventLoop = twisted_loop
        asyncio.set_event_loop(loop)
        node = Node(node_config())
        loop.run_until_complete(self._start_relay(node))
        sequencing = threading.Thread(target=self._sequence, name="sequencer")
        sequencing.start()
        tick = loop.create_task(self._tick())
        try:
            self._serve(loop)
        finally:
            self.stopping.set()
            tick.cancel()
            relay.detach()
            loop.run_until_complete(asyncio.wait_for(node.close(), STOP_SECONDS))
            # What pages left behind is noted in threads that still speak through this loop.
            loop.run_until_complete(_threads_end(loop))
            sequencing.join(STOP_SECONDS)
            self.ticking.shutdown(wait=True, cancel_futures=True)
            for connection in connections.all():
                connection.close_pool()  # type: ignore[attr-defined]  # all are PostgreSQL

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        """Until SIGINT or SIGTERM. Localhost only: browsers trust it without a certificate."""
        server = Server(  # type: ignore[no-untyped-call]  # Daphne has no types
            application=self.application,
            endpoints=[
                f"tcp:port={self.port}:interface=127.0.0.1",
            ],
            signal_handlers=False,
            ready_callable=lambda: loop.call_soon(self.when_ready),
            verbosity=0,
            server_name="",
            application_close_timeout=2,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: reactor.callFromThread(server.stop))
        server.run()  # type: ignore[no-untyped-call]

    async def _start_relay(self, node: Node) -> None:
        try:
            await node.start()
        except OSError as error:
            raise Stop(
                f"UDP port {settings.RELAY_PORT} is taken: stop what uses it, "
                f"or choose another one: make run RELAY_PORT={settings.RELAY_PORT + 1}."
            ) from error
        except EngineUnavailable as error:
            raise Stop(
                "RELAY_ENGINE=fast cannot be had here: install requirements-fast.lock, "
                "or leave RELAY_ENGINE away."
            ) from error
        relay.attach(InProcessControl(node))

    def _sequence(self) -> None:
        try:
            sequencer.run(self.stopping)
        finally:
            connections.close_all()

    async def _tick(self) -> None:
        """What beat and worker do in production. One tick at a time; a late one is not made up."""
        app.loader.import_default_modules()
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await loop.run_in_executor(self.ticking, self._run_due)

    def _run_due(self) -> None:
        try:
            for name in TICKS:
                app.tasks[name].apply()
            self.every_minute()
        except Exception:
            # The outermost loop of the tick: the next minute tries again.
            log.exception("tick.failed")
        finally:
            connections.close_all()


async def _threads_end(loop: asyncio.AbstractEventLoop) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(loop.shutdown_default_executor(), STOP_SECONDS)
