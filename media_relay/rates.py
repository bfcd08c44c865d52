"""What each layer of each publisher costs on a viewer's line."""

from dataclasses import dataclass

from media_relay.bandwidth import OVERHEAD_OCTETS
from media_relay.engine import Engine
from media_relay.tickets import Source

# RTP's header and the numbered extension of the relay's own packets.
_HEADER_OCTETS = 12 + 8 + OVERHEAD_OCTETS
# Half of each sample: about a second of memory.
_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class StreamRate:
    """One layer: bits per second on the wire; of one that rests, when it flowed last."""

    source: Source
    layer: str
    bits_per_second: float
    is_flowing: bool


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    bits: int
    rate: float | None


class Rates:
    """Samples the engine's counters, about twice a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._samples: dict[tuple[int, int], _Sample] = {}
        self._rates: dict[int, tuple[StreamRate, ...]] = {}

    def sample(self, peers: set[int], now: float) -> None:
        """Read what these peers sent since the last time; forget all others."""
        former, self._samples = self._samples, {}
        self._rates = {peer: tuple(self._read(peer, former, now)) for peer in peers}

    def of(self, peer: int) -> tuple[StreamRate, ...]:
        """The measured layers; none for a peer that was not sampled yet."""
        return self._rates.get(peer, ())

    def _read(
        self, peer: int, former: dict[tuple[int, int], _Sample], now: float
    ) -> list[StreamRate]:
        found = []
        for count in self._engine.streams(peer):
            bits = 8 * (count.octets + _HEADER_OCTETS * count.packets)
            key = (peer, count.ssrc)
            sample = _next(former.get(key), bits, now)
            self._samples[key] = sample
            if sample.rate is not None:
                rate = StreamRate(count.source, count.layer, sample.rate, count.is_flowing)
                found.append(rate)
        return found


def _next(before: _Sample | None, bits: int, now: float) -> _Sample:
    if before is None or now <= before.at or bits < before.bits:
        return _Sample(now, bits, None)
    if bits == before.bits:
        # What it will cost once it flows again.
        return _Sample(now, bits, before.rate)
    measured = (bits - before.bits) / (now - before.at)
    if before.rate is None:
        return _Sample(now, bits, measured)
    return _Sample(now, bits, before.rate + _WEIGHT * (measured - before.rate))
