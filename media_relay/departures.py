"""What was sent to one viewer under transport-wide numbers, and what became of it.

draft-holmer-rmcat-transport-wide-cc-extensions-01. One feedback is boiled down to one
`PathReport`, in whole numbers, so that no estimator ever looks at single packets.
"""

from enum import IntEnum
from struct import Struct

from media_relay.engine import DEPARTURES, MAX_STATUSES, PathReport
from media_relay.errors import Malformed

_HEADER = Struct("!HHL")
_CHUNK = Struct("!H")
_LARGE_DELTA = Struct("!h")
_REFERENCE = 64_000
_TICK = 250


class _State(IntEnum):
    SENT = 0
    LOST = 1
    RECEIVED = 2


class Departures:
    """The newest departures, by number; an older one gives its place to a newer."""

    def __init__(self) -> None:
        self._next = 0
        self._numbers = [-1] * DEPARTURES
        self._times = [0] * DEPARTURES
        self._octets = [0] * DEPARTURES
        self._states = [_State.SENT] * DEPARTURES

    def depart(self, now: float, octets: int) -> int:
        """The number of a packet that leaves now."""
        number = self._next
        self._next = (number + 1) & 0xFFFF
        place = number % DEPARTURES
        self._numbers[place] = number
        self._times[place] = int(now * 1_000_000)
        self._octets[place] = octets
        self._states[place] = _State.SENT
        return number

    def digest(self, feedback: bytes) -> PathReport | None:
        """What the feedback tells for the first time; None if it is malformed."""
        try:
            arrivals = read_feedback(feedback)
        except Malformed:
            return None
        lost = recovered = octets = 0
        sent, came, delays = [], [], []
        for number, arrival in arrivals:
            place = number % DEPARTURES
            state = self._states[place]
            if self._numbers[place] != number or state is _State.RECEIVED:
                continue
            if arrival is None:
                lost += state is _State.SENT
                self._states[place] = _State.LOST
                continue
            recovered += state is _State.LOST
            self._states[place] = _State.RECEIVED
            octets += self._octets[place]
            sent.append(self._times[place])
            came.append(arrival)
            delays.append(arrival - self._times[place])
        return PathReport(
            received=len(delays),
            lost=lost,
            recovered=recovered,
            octets=octets,
            first_departure=min(sent, default=0),
            last_departure=max(sent, default=0),
            first_arrival=min(came, default=0),
            last_arrival=max(came, default=0),
            least_delay=min(delays, default=0),
            mean_delay=sum(delays) // len(delays) if delays else 0,
        )


def read_feedback(data: bytes) -> list[tuple[int, int | None]]:
    """(number, arrival in microseconds or None for lost), in order; or Malformed."""
    if len(data) < _HEADER.size:
        raise Malformed("twcc.short")
    base, count, reference = _HEADER.unpack_from(data)
    if not count or count > MAX_STATUSES:
        raise Malformed("twcc.count")
    symbols, position = _symbols(data, count)
    arrival = (reference >> 8) * _REFERENCE
    found: list[tuple[int, int | None]] = []
    for index, symbol in enumerate(symbols):
        number = (base + index) & 0xFFFF
        if symbol == 0:
            found.append((number, None))
            continue
        size = symbol
        if len(data) < position + size:
            raise Malformed("twcc.short")
        delta = data[position] if size == 1 else _LARGE_DELTA.unpack_from(data, position)[0]
        position += size
        arrival += delta * _TICK
        found.append((number, arrival))
    return found


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
