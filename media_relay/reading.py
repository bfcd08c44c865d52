"""When the sockets are read: at once while little comes, every millisecond while much does.

A wake-up costs as much as several forwarded packets. A packet that waits for its neighbours
for a millisecond loses nothing that a call would notice, and they share the wake-up and, since
they go to the same viewers, the calls that send them.
"""

import asyncio
import socket as sockets
import time
from collections.abc import Callable, Sequence

from media_relay.engine import BATCH

# Two reads closer than this make a socket busy, and then it is read this often.
WINDOW_SECONDS = 0.001


class Reading:
    """`read` takes a socket's number and returns how many datagrams it had."""

    def __init__(self, bound: Sequence[sockets.socket], read: Callable[[int], int]) -> None:
        self._sockets = bound
        self._read = read
        self._loop = asyncio.get_running_loop()
        self._read_at = [0.0] * len(bound)
        self._timers: list[asyncio.TimerHandle | None] = [None] * len(bound)

    def start(self) -> None:
        """Read from now on."""
        for index in range(len(self._sockets)):
            self._await(index)

    def stop(self) -> None:
        """Read no more. Idempotent."""
        for index, bound in enumerate(self._sockets):
            self._loop.remove_reader(bound)
            timer = self._timers[index]
            if timer is not None:
                timer.cancel()
        self._sockets = ()

    def _await(self, index: int) -> None:
        self._timers[index] = None
        self._loop.add_reader(self._sockets[index], self._readable, index)

    def _readable(self, index: int) -> None:
        now = time.monotonic()
        is_busy = now - self._read_at[index] < WINDOW_SECONDS
        self._read_at[index] = now
        self._read(index)
        if is_busy and self._sockets:
            self._loop.remove_reader(self._sockets[index])
            self._later(index, WINDOW_SECONDS)

    def _later(self, index: int, delay: float) -> None:
        self._timers[index] = self._loop.call_later(delay, self._poll, index)

    def _poll(self, index: int) -> None:
        found = self._read(index)
        if not self._sockets:
            return
        if found:
            # A full batch has left others behind, but timers and sockets have their turn first.
            self._later(index, 0.0 if found == BATCH else WINDOW_SECONDS)
        else:
            self._await(index)
