"""Who listens to what happens on a connection."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable

from media_relay.control import NodeLost, RelayEvent

# Events are whole states, so a slow listener loses nothing when the oldest one is dropped.
MAX_UNREAD = 64


class Watchers:
    """Fans events out to listeners; holds nothing for connections that nobody watches."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[RelayEvent]]] = defaultdict(set)
        self._taps: list[Callable[[str, RelayEvent], None]] = []
        self._is_closed = False

    def tap(self, listener: Callable[[str, RelayEvent], None]) -> None:
        """Tell this listener every event of every connection; it MUST NOT block."""
        self._taps.append(listener)

    def emit(self, connection: str, event: RelayEvent) -> None:
        """Tell every listener of this connection."""
        for listener in self._taps:
            listener(connection, event)
        for queue in self._queues.get(connection, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    async def watch(
        self, connection: str, present: Iterable[RelayEvent]
    ) -> AsyncIterator[RelayEvent]:
        """`present` first, then what comes, until the listener stops or the node closes."""
        if self._is_closed:
            yield NodeLost()
            return
        queue: asyncio.Queue[RelayEvent] = asyncio.Queue(MAX_UNREAD)
        self._queues[connection].add(queue)
        try:
            for event in present:
                yield event
            while True:
                event = await queue.get()
                yield event
                if isinstance(event, NodeLost):
                    return
        finally:
            self._queues[connection].discard(queue)
            if not self._queues[connection]:
                del self._queues[connection]

    def close(self) -> None:
        """Everybody learns that the node is gone. Idempotent."""
        self._is_closed = True
        for connection in list(self._queues):
            self.emit(connection, NodeLost())
