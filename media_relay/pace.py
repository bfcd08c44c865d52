"""The clock of a node: when its sockets are read, and when its tick is due.

A wake-up costs as much as ten packets, and packets that leave for one viewer together leave by
one call. So after a reading that followed another closely the clock alone says when all sockets
are read, until a reading brings nothing, and ticks ride on these readings. Who sends seldom never
waits.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from socket import socket

from media_relay.alarm import Alarm
from media_relay.engine import BATCH

# From one reading to the next, by how much comes: what a packet waits at most, and half of it on
# average.
SHORTEST_SECONDS, LONGEST_SECONDS = 0.003, 0.008
# So many share a wake-up well enough. One room of eight has them in 6.4 ms, so that processes with
# a room each need not wake up more often for a packet than one process with all of them.
ENOUGH = 16
TICK_SECONDS = 0.025


class Pace:
    """Has the loop watch the sockets and a clock that ticks, or a faster clock alone.

    `read` reads one socket, by its index, and says how many packets it had. `tick` comes every
    TICK_SECONDS, or with the reading next to it, from `wake` to `rest`.
    """

    def __init__(
        self, sockets: Sequence[socket], read: Callable[[int], int], tick: Callable[[], None]
    ) -> None:
        self._sockets = sockets
        self._read = read
        self._tick = tick
        self._is_ticking = False
        self._tick_at = 0.0
        self._read_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._alarm = Alarm()
        self._loop.add_reader(self._alarm, self._due)
        self._watch_sockets()

    def wake(self) -> None:
        """The first tick is a whole one away."""
        if self._is_ticking:
            return
        self._is_ticking = True
        self._tick_at = time.monotonic() + TICK_SECONDS
        if self._is_watching:
            self._await_tick()

    def rest(self) -> None:
        """No more ticks; what comes is read all the same."""
        self._is_ticking = False

    def close(self) -> None:
        """Nothing is read any more. Once only."""
        self._leave_sockets()
        self._loop.remove_reader(self._alarm)
        self._alarm.close()

    def _watch_sockets(self) -> None:
        self._is_watching = True
        for index, each in enumerate(self._sockets):
            self._loop.add_reader(each, self._readable, index)
        self._await_tick()

    def _await_tick(self) -> None:
        if self._is_ticking:
            self._alarm.set(self._tick_at - time.monotonic())
        else:
            self._alarm.clear()

    def _leave_sockets(self) -> None:
        self._is_watching = False
        for each in self._sockets:
            self._loop.remove_reader(each)

    def _readable(self, index: int) -> None:
        now = time.monotonic()
        if not self._read(index):
            return
        is_close = now - self._read_at < LONGEST_SECONDS
        self._read_at = now
        if is_close and self._is_watching:
            self._leave_sockets()
            self._alarm.set(SHORTEST_SECONDS)

    def _due(self) -> None:
        # The tick first: a reading that fails is tried again at once and MUST NOT hold it up.
        now = time.monotonic()
        if self._is_ticking and now + SHORTEST_SECONDS / 2 >= self._tick_at:
            self._tick_at = now + TICK_SECONDS
            self._tick()
        if not self._is_watching:
            self._read_all()
        else:
            self._await_tick()

    def _read_all(self) -> None:
        now = time.monotonic()
        counts = [self._read(index) for index in range(len(self._sockets))]
        passed, self._read_at = now - self._read_at, now
        if not any(counts):
            self._watch_sockets()
            return
        wanted = passed * ENOUGH / sum(counts)
        pause = min(max(SHORTEST_SECONDS, wanted), LONGEST_SECONDS)
        # What a full reading has left does not wait.
        self._alarm.set(0 if max(counts) == BATCH else now + pause - time.monotonic())
