"""What a node does again and again, and how often: feedback, allocation, probes, reports."""

from collections.abc import Sequence

from media_relay.feedback import Feedback
from media_relay.rates import Rates
from media_relay.transport import Transport

TICK_SECONDS = 0.020
TICKS_PER_FEEDBACK = 5
TICKS_PER_ALLOCATION = 24
TICKS_PER_REPORT = 50


class Rhythm:
    """One beat is one tick, for all connected transports of the node."""

    def __init__(self, feedback: Feedback, rates: Rates) -> None:
        self._feedback = feedback
        self._rates = rates

    def beat(self, tick: int, connected: Sequence[Transport], now: float) -> None:
        self._feedback.repair(connected, now)
        for transport in connected:
            transport.downlink.probe(now)
        if tick % TICKS_PER_FEEDBACK == 0:
            self._feedback.report_arrivals(connected)
            self._feedback.ask_key_frames(now)
        if tick % TICKS_PER_ALLOCATION == 0:
            self._rates.sample({transport.peer for transport in connected}, now)
            for transport in connected:
                transport.downlink.settle()
        if tick % TICKS_PER_REPORT == 0:
            self._feedback.report(connected, now)
