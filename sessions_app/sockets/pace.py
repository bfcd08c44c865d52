"""How fast one connection may speak: a token bucket in memory, one per socket."""

import time
from dataclasses import dataclass, field

BURST = 60
PER_SECOND = 20.0
# Whoever goes on after being told is not a person.
MAX_DROPPED = 200


@dataclass(slots=True)
class Pace:
    tokens: float = BURST
    burst: float = BURST
    per_second: float = PER_SECOND
    dropped: int = 0
    seen_at: float = field(default_factory=time.monotonic)

    def allows(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.seen_at) * self.per_second)
        self.seen_at = now
        if self.tokens < 1:
            self.dropped += 1
            return False
        self.tokens -= 1
        return True

    @property
    def is_hopeless(self) -> bool:
        return self.dropped > MAX_DROPPED
