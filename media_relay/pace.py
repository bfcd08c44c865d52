"""How often the sockets are read while much comes in.

A wake-up costs as much as several packets, and packets that leave for one viewer together leave
by one call. So after a reading that followed another closely, what comes next is left to gather
until a moment has passed since it began. Who sends seldom never waits, and a reading that was
long enough for others to come is followed by the next at once.
"""

import asyncio
import time
from collections.abc import Callable

from media_relay.engine import BATCH

# From one reading to the next: what a packet waits at most, and half of it on average. Senders'
# own pacers and their estimators of congestion think in steps of 5 ms.
GATHER_SECONDS = 0.003
# Readings closer than this follow each other closely.
CLOSE_SECONDS = 0.005
# So many share the costs well enough, and whoever has so much to do has no time to sleep.
ENOUGH = BATCH // 2


class Pace:
    """Sleeps on the event loop's own thread: nothing else may need it meanwhile.

    A timer of the loop would come up to a millisecond late, and cost two calls on its selector.
    `read` reads all sockets and notes each; after a sleep it is called without asking the selector.
    While `is_due` what the selector has seen is left to that reading.
    """

    def __init__(
        self, read: Callable[[], None], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._read = read
        self._sleep = sleep
        self._read_at = 0.0
        self.is_due = False

    def note(self, count: int, began_at: float) -> None:
        """A reading has brought so many packets; after many the next comes at once."""
        if not count:
            return
        is_close = began_at - self._read_at < CLOSE_SECONDS
        self._read_at = began_at
        if is_close and count < ENOUGH and not self.is_due:
            # Soon, so that the other sockets are read before.
            self.is_due = True
            asyncio.get_running_loop().call_soon(self._gather)

    def _gather(self) -> None:
        self.is_due = False
        left = self._read_at + GATHER_SECONDS - time.monotonic()
        if left > 0:
            self._sleep(left)
        self._read()
