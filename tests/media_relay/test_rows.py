"""Rows of the fast engine's state that Python reads in bulk."""

import pytest

from media_relay.engine_fast.rows import Rows
from media_relay.engine_fast.state import ARRIVALS


@pytest.mark.parametrize("count", [1, ARRIVALS, ARRIVALS + 1, 3 * ARRIVALS, 3 * ARRIVALS + 700])
def test_the_newest_arrivals_are_taken_once_and_in_their_order(count: int) -> None:
    rows = Rows()
    _, row = rows.lend_peer(), rows.lend_peer()
    arrivals = [(number & 0xFFFF, number / 1000) for number in range(count)]
    for number, arrival in enumerate(arrivals):
        place = row * ARRIVALS + number % ARRIVALS
        rows.state.arrival_numbers[place], rows.state.arrival_times[place] = arrival
    rows.state.peers["arrivals"][row] = count
    assert rows.take_arrivals(row) == arrivals[-ARRIVALS:]
    assert rows.take_arrivals(row) == []
