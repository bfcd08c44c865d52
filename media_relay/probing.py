"""Probes: RTX padding that shows whether a line would carry the next layer.

Careless probing cost nine freezes at 150 kbit/s. So a probe goes up in steps from what the
line was seen to carry, is capped at what the next layer needs, ends with the first sign of a
queue, and comes back ever more rarely where it failed.
"""

from dataclasses import dataclass

from media_relay.bandwidth import OVERHEAD_OCTETS, BandwidthEstimate
from media_relay.outbound import PROBE_OCTETS

# Header, numbered extension and padding.
PROBE_BITS = 8.0 * (12 + 8 + PROBE_OCTETS + OVERHEAD_OCTETS)
STEP_SECONDS = 0.6
# Feedback on the last padding of a step is still on its way.
SETTLE_SECONDS = 0.25
STEP = 1.5
# Above this a step's overshoot is soon gone from any queue.
STEEP_ABOVE = 500_000.0
STEEP_STEP = 2.0
# On a line that was found full twice in a row: once may be a hiccup.
CAREFUL_STEP = 1.2
LEAST_STEP = 50_000.0
PASSED = 0.85
QUEUE_SECONDS = 0.035
FIRST_PAUSE = 4.0
LONGEST_PAUSE = 60.0
BETWEEN = 0.5
# After a hiccup of our own loop there is nothing to make up for.
LONGEST_TICK = 0.060


@dataclass(slots=True)
class _Step:
    target: float
    base: float
    began_at: float


class Prober:
    """When to probe one viewer's line, and with how many packets."""

    def __init__(self) -> None:
        self._step: _Step | None = None
        self._not_before = 0.0
        self._pause = FIRST_PAUSE
        self._credit = 0.0
        self._at = 0.0

    def stop(self) -> None:
        """Nothing larger is wanted. Idempotent."""
        self._step = None

    def due(self, estimate: BandwidthEstimate, *, sending: float, needed: float, now: float) -> int:
        """How many padding packets to send now, when the next layer needs `needed` in all."""
        elapsed, self._at = min(now - self._at, LONGEST_TICK), now
        if not estimate.is_measured:
            return 0
        if needed <= estimate.bits_per_second:
            self._step = None
            return 0
        if self._step is None:
            self._begin(estimate, needed, sending, now)
        step = self._step
        if step is None:
            return 0
        if estimate.is_full or estimate.queue_seconds > QUEUE_SECONDS:
            self._fail(now)
            return 0
        if now - step.began_at > STEP_SECONDS:
            self._judge(step, estimate, now)
            return 0
        self._credit += max(0.0, step.target - step.base) * elapsed
        count = int(self._credit / PROBE_BITS)
        self._credit -= count * PROBE_BITS
        return count

    def _begin(
        self, estimate: BandwidthEstimate, needed: float, sending: float, now: float
    ) -> None:
        if now < self._not_before or estimate.queue_seconds > QUEUE_SECONDS:
            return
        proven = max(estimate.carried, min(sending, estimate.bits_per_second))
        step = STEEP_STEP if proven > STEEP_ABOVE else STEP
        if self._pause > 2 * FIRST_PAUSE:
            step = CAREFUL_STEP
        target = min(needed, max(proven * step, proven + LEAST_STEP))
        self._step = _Step(target, min(sending, estimate.carried), now)
        self._credit = 0.0

    def _judge(self, step: _Step, estimate: BandwidthEstimate, now: float) -> None:
        if estimate.carried >= PASSED * (1 - estimate.loss) * step.target:
            estimate.raise_to(step.target)
            self._step = None
            self._pause = FIRST_PAUSE
        elif now - step.began_at > STEP_SECONDS + SETTLE_SECONDS:
            self._step = None
            self._not_before = now + BETWEEN

    def _fail(self, now: float) -> None:
        self._step = None
        self._not_before = now + self._pause
        self._pause = min(LONGEST_PAUSE, 2 * self._pause)
