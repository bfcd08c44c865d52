"""Somebody who watches a connection and remembers what was said."""

import asyncio
from types import TracebackType

from media_relay.control import RelayControl, RelayEvent


class Listener:
    """``async with Listener(relay, "ana") as heard`` collects events in `heard.events`."""

    def __init__(self, relay: RelayControl, connection: str) -> None:
        self.events: list[RelayEvent] = []
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._gather(relay, connection))

    async def __aenter__(self) -> "Listener":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._task.cancel()

    async def until(self, event: RelayEvent, seconds: float = 10) -> None:
        """Wait until this was heard."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: event in self.events)

    async def _gather(self, relay: RelayControl, connection: str) -> None:
        async for event in relay.watch(connection):
            async with self._changed:
                self.events.append(event)
                self._changed.notify_all()
