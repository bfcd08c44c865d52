"""The slow side of one viewer: estimate, allocation and probes decide what its slots carry."""

import math
from collections.abc import Iterator, Mapping

from media_relay.allocation import (
    ANY_WIDTH,
    NOMINAL,
    Allocation,
    LayerRate,
    Tile,
    allocate,
    layer_for,
)
from media_relay.bandwidth import BandwidthEstimate
from media_relay.demand import Demand
from media_relay.engine import Engine
from media_relay.health import LineQuality, quality_of
from media_relay.layout import CAMERA_LAYERS
from media_relay.probing import Prober
from media_relay.rates import Rates
from media_relay.tickets import Source

# For each slot of a viewer: whose peer, and which source.
Legs = Mapping[int, tuple[int, Source]]
# Key frames vary: the estimate is not spent to the last bit.
SPENT = 0.95
STRAY_LOSS = 0.10
# One voice, until it is measured.
NOMINAL_VOICE = 58_000.0
# A page needs so long to say how wide it shows a newcomer; until then every line counts as wide.
ARRANGING_SECONDS = 1.0


class Downlink:
    """One viewer. A browser that cannot tell of arrivals is sent all that it looks at."""

    def __init__(
        self, peer: int, engine: Engine, rates: Rates, demand: Demand, *, is_measured: bool
    ) -> None:
        self.peer = peer
        self.estimate = BandwidthEstimate()
        self.allocation = Allocation({}, 0.0, None)
        self._engine = engine
        self._rates = rates
        self._demand = demand
        self._is_measured = is_measured
        self._prober = Prober()
        self._legs: Legs = {}
        self._mapped_at: dict[int, float] = {}
        self._widths: dict[int, int] = {}
        self._aims: dict[int, str | None] = {}

    def map(self, legs: Legs, now: float) -> None:
        """The slots' sources have changed: new legs are aimed at once."""
        kept = {slot for slot, leg in legs.items() if leg == self._legs.get(slot)}
        self._aims = {slot: aim for slot, aim in self._aims.items() if slot in kept}
        self._mapped_at = {slot: self._mapped_at[slot] if slot in kept else now for slot in legs}
        self._legs = dict(legs)
        self.settle()

    def view(self, widths: Mapping[int, int]) -> None:
        """How wide the viewer shows each slot, in pixels; 0 where it does not look."""
        self._widths = dict(widths)

    def wanted(self, now: float) -> Iterator[tuple[int, str]]:
        """Whose camera the viewer looks at, and the layer: what fills the tile or is sent."""
        for slot, (publisher, source) in self._legs.items():
            if source is not Source.CAMERA:
                continue
            aim = self._aims.get(slot)
            if aim is not None:
                yield publisher, aim
            width = self._widths.get(slot, ANY_WIDTH)
            if width and now - self._mapped_at[slot] >= ARRANGING_SECONDS:
                yield publisher, layer_for(width)

    def hear(self, feedback: bytes, now: float) -> None:
        """Transport-wide feedback from the viewer."""
        report = self._engine.digest(self.peer, feedback)
        if report is None:
            return
        was_full = self.estimate.is_full
        self.estimate.hear(report, now)
        if self.estimate.is_full and not was_full:
            self.settle()

    def quality(self, loss_up: float) -> LineQuality:
        """The viewer's line as its host should know it; `loss_up` of what it sends itself."""
        allocation = self.allocation
        return quality_of(
            loss_up=loss_up,
            # A tenth of stray loss is repaired; more is heard and seen.
            loss_down=max(0.0, self.estimate.loss - STRAY_LOSS),
            wanted=allocation.wanted,
            shown=allocation.shown,
            small=allocation.small,
        )

    @property
    def widths(self) -> Mapping[int, int]:
        """What `view` said last."""
        return self._widths

    def settle(self) -> None:
        """Allocate anew, and aim every leg whose layer changed."""
        tiles = [self._tile(slot) for slot, (_, source) in self._legs.items() if _is_seen(source)]
        voices = [slot for slot, (_, source) in self._legs.items() if not _is_seen(source)]
        sound = sum(self._voice(slot) for slot in voices)
        budget = SPENT * self.estimate.bits_per_second if self._is_measured else math.inf
        self.allocation = allocate(budget, sound, tiles)
        for slot in voices:
            self._aim(slot, "")
        for slot, layer in self.allocation.layers.items():
            self._aim(slot, layer)

    def probe(self, now: float) -> None:
        """Pad the line for as long as a larger picture is wanted and none is known to fit."""
        needed = self.allocation.needed
        if needed is None:
            self._prober.stop()
            return
        sending = self.allocation.bits_per_second
        count = self._prober.due(self.estimate, sending=sending, needed=needed / SPENT, now=now)
        slot = next((slot for slot, leg in self._legs.items() if _is_seen(leg[1])), None)
        if count and slot is not None:
            self._engine.probe(self.peer, slot, count)

    def _aim(self, slot: int, layer: str | None) -> None:
        if slot not in self._aims or self._aims[slot] != layer:
            self._aims[slot] = layer
            self._engine.aim(self.peer, slot, layer)

    def _tile(self, slot: int) -> Tile:
        publisher, source = self._legs[slot]
        rates = self._rates.of(publisher)
        known = {rate.layer: rate.bits_per_second for rate in rates if rate.source is source}
        named = [rate.layer for rate in rates if rate.source is source and rate.is_flowing]
        if source is Source.CAMERA and named and "" not in named:
            # Aimed at before it flows: its first key frame is the one that is shown.
            named += [layer for layer in self._demand.rising(publisher) if layer not in named]
        layers = tuple(LayerRate(layer, known.get(layer, NOMINAL[layer])) for layer in named)
        if not layers:
            layers = _silent(source) if rates else _expected(source)
        return Tile(slot, layers, self._widths.get(slot, ANY_WIDTH), self._aims.get(slot))

    def _voice(self, slot: int) -> float:
        publisher, source = self._legs[slot]
        rates = (each for each in self._rates.of(publisher) if each.source is source)
        return next((each.is_flowing * each.bits_per_second for each in rates), NOMINAL_VOICE)


def _is_seen(source: Source) -> bool:
    return source is not Source.MIC


def _layers_of(source: Source) -> tuple[str, ...]:
    return CAMERA_LAYERS if source is Source.CAMERA else ("",)


def _expected(source: Source) -> tuple[LayerRate, ...]:
    """What somebody will send of whom nothing was measured yet."""
    return tuple(LayerRate(name, NOMINAL[name]) for name in _layers_of(source))


def _silent(source: Source) -> tuple[LayerRate, ...]:
    """A source that is off costs nothing, and its first picture may come at once."""
    return (LayerRate(_layers_of(source)[0], 0.0),)
