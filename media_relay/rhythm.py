"""What a node does again and again, and how often: feedback, allocation, probes, reports."""

from collections.abc import Mapping, Sequence

from media_relay.demand import Demand
from media_relay.feedback import Feedback
from media_relay.rates import Rates
from media_relay.transport import Transport

# See pace.TICK_SECONDS: ten times, twice, once a second.
TICKS_PER_FEEDBACK = 4
TICKS_PER_ALLOCATION = 20
TICKS_PER_REPORT = 40


class Rhythm:
    """One beat is one tick, for all connected transports of the node."""

    def __init__(self, feedback: Feedback, rates: Rates, demand: Demand) -> None:
        self._feedback = feedback
        self._rates = rates
        self._demand = demand

    def beat(self, tick: int, connected: Sequence[Transport], now: float) -> None:
        self._feedback.repair(connected, now)
        for transport in connected:
            transport.downlink.probe(now)
        if tick % TICKS_PER_FEEDBACK == 0:
            self._feedback.report_arrivals(connected)
            self._feedback.ask_key_frames(now)
        if tick % TICKS_PER_ALLOCATION == 0:
            self._rates.sample({transport.peer for transport in connected}, now)
            self._allocate(connected, now)
        if tick % TICKS_PER_REPORT == 0:
            self._feedback.report(connected, now)

    def look(self, viewer: Transport, widths: Mapping[int, int], now: float) -> None:
        """What a viewer looks at has changed: it does not wait for the next beat."""
        viewer.downlink.view(widths)
        self._allocate([viewer], now)

    def _allocate(self, viewers: Sequence[Transport], now: float) -> None:
        """What these viewers look at is asked of the cameras, then shared out anew."""
        for transport in viewers:
            for publisher, layer in transport.downlink.wanted(now):
                self._demand.want(publisher, layer, now)
        self._demand.settle(now)
        for transport in viewers:
            transport.downlink.settle()
