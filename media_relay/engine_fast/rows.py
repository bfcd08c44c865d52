"""Lends and takes back rows of the state, and makes it larger when all are lent."""

import numpy as np

from media_relay.departures import DEPARTURES
from media_relay.engine_fast.state import (
    ARRIVALS,
    NOBODY,
    PER_INBOUND,
    PER_PEER,
    RESENT,
    RING,
    SLOTS,
    SOURCES,
    Array,
    grow,
    new_state,
)
from media_relay.outbound import VOICES_KEPT

_FIRST_PEERS = 32
_FIRST_INBOUNDS = 64


class Rows:
    """Owns the state. It may be another one after a row was lent: MUST be asked for each time."""

    def __init__(self) -> None:
        self.state = new_state(_FIRST_PEERS, _FIRST_INBOUNDS)
        self._peers = _names(0, _FIRST_PEERS)
        self._inbounds = _names(0, _FIRST_INBOUNDS)

    def lend_peer(self) -> int:
        """A row for a peer, blank, and with it the rows that follow from it."""
        if not self._peers:
            former = len(self.state.peers)
            self.state = grow(self.state, PER_PEER, 2 * former)
            self._peers = _names(former, 2 * former)
        row = self._peers.pop()
        state = self.state
        state.peers[row] = np.zeros((), state.peers.dtype)
        state.peers[row]["first_out"] = NOBODY
        state.departures["number"][row * DEPARTURES : (row + 1) * DEPARTURES] = NOBODY
        state.slots[row * SLOTS : (row + 1) * SLOTS] = np.zeros((), state.slots.dtype)
        state.slots["generation"][row * SLOTS : (row + 1) * SLOTS] = 1
        for name in ("source_peer", "inbound", "next_leg"):
            state.slots[name][row * SLOTS : (row + 1) * SLOTS] = NOBODY
        state.tracks[row * SOURCES : (row + 1) * SOURCES] = np.zeros((), state.tracks.dtype)
        state.tracks["layers"][row * SOURCES : (row + 1) * SOURCES] = NOBODY
        state.tracks["first_leg"][row * SOURCES : (row + 1) * SOURCES] = NOBODY
        _blank(state.resent["generation"][row * SLOTS * RESENT : (row + 1) * SLOTS * RESENT])
        _blank(state.voices["number"][row * SLOTS * VOICES_KEPT : (row + 1) * SLOTS * VOICES_KEPT])
        return row

    def lend_inbound(self) -> int:
        """A row for an inbound; `clear_inbound` makes it blank."""
        if not self._inbounds:
            former = len(self.state.inbounds)
            self.state = grow(self.state, PER_INBOUND, 2 * former)
            self._inbounds = _names(former, 2 * former)
        return self._inbounds.pop()

    def clear_inbound(self, row: int) -> None:
        """As if it had never received anything."""
        state = self.state
        state.inbounds[row] = np.zeros((), state.inbounds.dtype)
        state.held[row * RING : (row + 1) * RING] = np.zeros((), state.held.dtype)

    def take_back_peer(self, row: int) -> None:
        """Nobody may use the row any more."""
        self.state.slots["source_peer"][row * SLOTS : (row + 1) * SLOTS] = NOBODY
        self._peers.append(row)

    def take_back_inbound(self, row: int) -> None:
        """Nobody may use the row any more."""
        self.clear_inbound(row)
        self._inbounds.append(row)

    def take_arrivals(self, row: int) -> list[tuple[int, float]]:
        """The newest transport-wide numbers and their times, oldest first; then none."""
        state = self.state
        count = int(state.peers["arrivals"][row])
        state.peers["arrivals"][row] = 0
        if not count:
            return []
        # The first since they were taken last is in the first place.
        places = slice(row * ARRIVALS, row * ARRIVALS + min(count, ARRIVALS))
        numbers, times = state.arrival_numbers[places], state.arrival_times[places]
        if count > ARRIVALS:
            numbers, times = np.roll(numbers, -count), np.roll(times, -count)
        return list(zip(numbers.tolist(), times.tolist(), strict=True))


def _blank(numbers: Array) -> None:
    """Only what is not zero is written: memory that nobody used stays untaken."""
    numbers[numbers != 0] = 0


def _names(first: int, end: int) -> list[int]:
    """The lowest on top."""
    return list(range(end - 1, first - 1, -1))
