"""What was sent to one viewer under transport-wide numbers, and what became of it.

draft-holmer-rmcat-transport-wide-cc-extensions-01. One feedback is boiled down to one
`PathReport`, in whole numbers, so that no estimator ever looks at single packets.
"""

from array import array
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from struct import Struct
from typing import cast

from media_relay.errors import Malformed

# Departures are remembered for the newest numbers; more than this in one feedback is malformed.
DEPARTURES = 8192
MAX_STATUSES = 2048

_HEADER = Struct("!HHL")
_CHUNK = Struct("!H")
_LARGE_DELTA = Struct("!h")
# Reference times count 64 ms, deltas 250 µs.
_TICKS_PER_REFERENCE = 256
_TICK = 250
# The fates of a departure.
_SENT, _LOST, _RECEIVED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PathReport:
    """What one transport-wide feedback tells of the way to a viewer, in whole microseconds.

    `received` counts numbers told of as received for the first time, `lost` those told of as
    lost for the first time, `recovered` the received ones that had been told of as lost. The
    times are those of the received packets: departures by the engine's clock, arrivals by the
    viewer's, so only differences between delays mean anything. `octets` are of RTP, before
    protection. The mean is rounded down.
    """

    received: int
    lost: int
    recovered: int
    octets: int
    first_departure: int
    last_departure: int
    first_arrival: int
    last_arrival: int
    least_delay: int
    mean_delay: int


# One after the other from a base number on: microseconds, or None for lost.
Arrivals = list[int | None]


@dataclass(slots=True)
class _Told:
    """What a feedback tells for the first time: when the received ones left, and came."""

    departures: "array[float]"
    arrivals: list[int]
    octets: int
    lost: int
    recovered: int


class Departures:
    """The newest departures, by number; an older one gives its place to a newer."""

    def __init__(self) -> None:
        self._count = 0
        self._times = array("d", bytes(8 * DEPARTURES))
        self._octets = array("H", bytes(2 * DEPARTURES))
        self._fates = bytearray(DEPARTURES)

    def depart(self, now: float, octets: int) -> int:
        """The number of a packet that leaves now."""
        number = self._count
        self._count = number + 1
        place = number % DEPARTURES
        self._times[place] = now
        self._octets[place] = octets
        self._fates[place] = _SENT
        return number & 0xFFFF

    def digest(self, feedback: bytes) -> PathReport | None:
        """What the feedback tells for the first time; None if it is malformed."""
        try:
            base, arrivals = read_feedback(feedback)
        except Malformed:
            return None
        told = self._take_all(base, arrivals) or self._take_each(base, arrivals)
        sent = [int(at * 1_000_000) for at in told.departures]
        came = told.arrivals
        delays = list(map(sub, came, sent))
        return PathReport(
            received=len(delays),
            lost=told.lost,
            recovered=told.recovered,
            octets=told.octets,
            first_departure=min(sent, default=0),
            last_departure=max(sent, default=0),
            first_arrival=min(came, default=0),
            last_arrival=max(came, default=0),
            least_delay=min(delays, default=0),
            mean_delay=sum(delays) // len(delays) if delays else 0,
        )

    def _take_all(self, base: int, arrivals: Arrivals) -> _Told | None:
        """As nearly always: all have come, and are told of for the first time; else None."""
        count, first = len(arrivals), base % DEPARTURES
        places = slice(first, first + count)
        newest, oldest = self._age(base + count - 1), self._age(base)
        is_held = oldest == newest + count - 1 < min(self._count, DEPARTURES)
        if not is_held or self._fates[places] != bytes(count) or None in arrivals:
            return None
        self._fates[places] = bytes([_RECEIVED]) * count
        came = cast("list[int]", arrivals)
        return _Told(self._times[places], came, sum(self._octets[places]), lost=0, recovered=0)

    def _take_each(self, base: int, arrivals: Arrivals) -> _Told:
        fates, held = self._fates, min(self._count, DEPARTURES)
        told = _Told(array("d"), [], 0, lost=0, recovered=0)
        for number, arrival in enumerate(arrivals, base):
            place = number % DEPARTURES
            fate = fates[place]
            if fate == _RECEIVED or self._age(number) >= held:
                continue
            if arrival is None:
                told.lost += fate == _SENT
                fates[place] = _LOST
                continue
            told.recovered += fate == _LOST
            fates[place] = _RECEIVED
            told.octets += self._octets[place]
            told.departures.append(self._times[place])
            told.arrivals.append(arrival)
        return told

    def _age(self, number: int) -> int:
        """How many have left after it; at least `DEPARTURES` if it never left."""
        return (self._count - 1 - number) & 0xFFFF


def read_feedback(data: bytes) -> tuple[int, Arrivals]:
    """The base number and the arrivals from it on; or Malformed."""
    if len(data) < _HEADER.size:
        raise Malformed("twcc.short")
    base, count, reference = _HEADER.unpack_from(data)
    if not count or count > MAX_STATUSES:
        raise Malformed("twcc.count")
    symbols, position = _symbols(data, count)
    if len(data) < position + sum(symbols):
        raise Malformed("twcc.short")
    ticks = (reference >> 8) * _TICKS_PER_REFERENCE
    if symbols.count(1) == count:
        deltas = data[position : position + count]
        return base, [at * _TICK for at in accumulate(deltas, initial=ticks)][1:]
    arrivals: Arrivals = []
    for size in symbols:
        if size:
            ticks += data[position] if size == 1 else _LARGE_DELTA.unpack_from(data, position)[0]
        arrivals.append(ticks * _TICK if size else None)
        position += size
    return base, arrivals


def _symbols(data: bytes, count: int) -> tuple[list[int], int]:
    """The status of each packet (0 lost, else the octets of its delta), and where these begin."""
    symbols: list[int] = []
    position = _HEADER.size
    while len(symbols) < count:
        if len(data) < position + 2:
            raise Malformed("twcc.short")
        chunk = _CHUNK.unpack_from(data, position)[0]
        position += 2
        if not chunk & 0x8000:
            run = min(chunk & 0x1FFF, count - len(symbols))
            if not run:
                raise Malformed("twcc.chunk")
            symbols += [chunk >> 13 & 3] * run
        elif chunk & 0x4000:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    del symbols[count:]
    if 3 in symbols:
        raise Malformed("twcc.symbol")
    return symbols, position
