"""Rows of the fast engine's state that Python reads in bulk."""

import random
import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from media_relay.engine_fast.rows import Rows
from media_relay.engine_fast.state import ARRIVALS, PER_INBOUND, PER_PEER, Array

GROWING = [(PER_PEER, Rows.lend_peer), (PER_INBOUND, Rows.lend_inbound)]


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


@pytest.mark.parametrize(("family", "lend"), GROWING)
def test_what_grows_keeps_its_rows_and_the_rest_stays_where_it_is(
    family: dict[str, object], lend: Callable[[Rows], int]
) -> None:
    rows, seed = full(family, lend), random.Random(0)
    former = rows.state
    for name in family:
        octets = octets_of(getattr(former, name))
        octets[[0, -1, *(seed.randrange(octets.size) for _ in range(20))]] = 7
    lend(rows)
    for name, before in former._asdict().items():
        after = getattr(rows.state, name)
        assert (after is not before) == (name in family)
        if name in family:
            assert len(after) == 2 * len(before)
            assert np.array_equal(octets_of(after)[: before.nbytes], octets_of(before))


@pytest.mark.parametrize(("family", "lend"), GROWING)
def test_growing_takes_no_memory_for_what_nobody_wrote(
    family: dict[str, object], lend: Callable[[Rows], int]
) -> None:
    rows = full(family, lend)
    before = memory_taken()
    former = rows.state
    lend(rows)
    octets = sum(getattr(former, name).nbytes for name in family)
    assert memory_taken() - before < octets / 2


def full(family: dict[str, object], lend: Callable[[Rows], int]) -> Rows:
    """All of this family are lent: the next makes it grow."""
    rows = Rows()
    for _ in range(len(getattr(rows.state, next(iter(family))))):
        lend(rows)
    return rows


def octets_of(array: Array) -> Array:
    return array.reshape(-1).view("u1")


def memory_taken() -> int:
    """Octets of this process that the kernel has given memory for."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
