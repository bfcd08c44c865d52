"""Transport-wide numbers of what goes to a viewer: what `departures.Departures` is.

draft-holmer-rmcat-transport-wide-cc-extensions-01. One feedback is read twice: once to see
that it is whole, once to take it.
"""

from typing import NamedTuple

from media_relay.departures import DEPARTURES, MAX_STATUSES
from media_relay.engine_fast.compiled import compiled, entry
from media_relay.engine_fast.packets import octet, read16, read32
from media_relay.engine_fast.state import Array, State

_HEADER = 8
_REFERENCE = 64_000
_TICK = 250
SENT, LOST, RECEIVED = 0, 1, 2


class Digest(NamedTuple):
    """The fields of departures.PathReport; `is_whole` is False for a malformed feedback."""

    is_whole: bool
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


@compiled
def depart(state: State, row: int, now: float, octets: int) -> int:
    """The number of a packet that leaves now."""
    peer = state.peers[row]
    number = peer.departed & 0xFFFF
    peer.departed += 1
    departure = state.departures[row * DEPARTURES + number % DEPARTURES]
    departure.number = number
    departure.octets = octets
    departure.at = int(now * 1_000_000)
    departure.fate = SENT
    return number


@compiled
def read_symbols(data: Array, symbols: Array) -> tuple[int, int]:
    """Write the status of each packet into `symbols`; how many, and where the deltas begin.

    (0, 0) if the feedback is malformed, deltas that are cut short included.
    """
    if data.size < _HEADER:
        return 0, 0
    count = read16(data, 2)
    if count == 0 or count > MAX_STATUSES:
        return 0, 0
    position, found = _HEADER, 0
    while found < count:
        if data.size < position + 2:
            return 0, 0
        chunk = read16(data, position)
        position += 2
        bits = 2 if chunk & 0x4000 else 1
        size = 14 // bits if chunk & 0x8000 else chunk & 0x1FFF
        if size == 0:
            return 0, 0
        for index in range(min(size, count - found)):
            if chunk & 0x8000:
                symbols[found] = chunk >> (14 - bits - bits * index) & (2 * bits - 1)
            else:
                symbols[found] = chunk >> 13 & 3
            found += 1
    end = position
    for index in range(count):
        if symbols[index] == 3:
            return 0, 0
        end += symbols[index]
    return (count, position) if end <= data.size else (0, 0)


@entry
def digest(state: State, row: int, data: Array, symbols: Array) -> Digest:
    """What the feedback tells for the first time. `symbols` MUST have room for MAX_STATUSES."""
    count, position = read_symbols(data, symbols)
    received = lost = recovered = octets = total = 0
    first_departure = last_departure = first_arrival = last_arrival = least = 0
    if count == 0:
        return Digest(False, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    base = read16(data, 0)
    arrival = (read32(data, 4) >> 8) * _REFERENCE
    for index in range(count):
        if symbols[index] == 1:
            arrival += octet(data, position) * _TICK
        elif symbols[index] == 2:
            delta = read16(data, position)
            arrival += (delta - 0x10000 if delta & 0x8000 else delta) * _TICK
        position += symbols[index]
        number = (base + index) & 0xFFFF
        departure = state.departures[row * DEPARTURES + number % DEPARTURES]
        if departure.number != number or departure.fate == RECEIVED:
            continue
        if symbols[index] == 0:
            lost += 1 if departure.fate == SENT else 0
            departure.fate = LOST
            continue
        recovered += 1 if departure.fate == LOST else 0
        departure.fate = RECEIVED
        octets += departure.octets
        delay = arrival - departure.at
        if received == 0:
            first_departure = last_departure = departure.at
            first_arrival = last_arrival = arrival
            least = delay
        first_departure = min(first_departure, departure.at)
        last_departure = max(last_departure, departure.at)
        first_arrival = min(first_arrival, arrival)
        last_arrival = max(last_arrival, arrival)
        least = min(least, delay)
        total += delay
        received += 1
    mean = total // received if received else 0
    return Digest(
        True,
        received,
        lost,
        recovered,
        octets,
        first_departure,
        last_departure,
        first_arrival,
        last_arrival,
        least,
        mean,
    )
