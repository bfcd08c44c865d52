"""Numbers what leaves on one connection and notices when the other side stops reading.

Whatever the server underneath buffers, nobody can make it hold more than this.
"""

from collections import deque

from sessions_app.messages import ServerMessage, encode

MAX_UNACKNOWLEDGED = 256
MAX_UNACKNOWLEDGED_BYTES = 1_048_576


class Outbox:
    def __init__(self) -> None:
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._sent = 0

    def frame(self, message: ServerMessage) -> str:
        """The message as its numbered frame, counted as unacknowledged."""
        self._sent += 1
        text = encode(message, self._sent)
        self._sizes.append(len(text))
        self._bytes += len(text)
        return text

    def acknowledge(self, n: int) -> bool:
        """False for a number that was never sent; an old one again changes nothing."""
        if n > self._sent:
            return False
        while self._sent - len(self._sizes) < n:
            self._bytes -= self._sizes.popleft()
        return True

    @property
    def is_overfull(self) -> bool:
        """The reader is too slow: it must come back and take a fresh snapshot."""
        return len(self._sizes) > MAX_UNACKNOWLEDGED or self._bytes > MAX_UNACKNOWLEDGED_BYTES
