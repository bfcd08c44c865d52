"""Compiles every entry before the first packet: no call ever waits for the compiler."""

import logging
import time
from collections.abc import Callable

import numpy as np

from media_relay.departures import MAX_STATUSES
from media_relay.engine_fast import addresses, calls, departures, inbounds, legs
from media_relay.engine_fast.compiled import is_kept
from media_relay.engine_fast.incoming import new_incoming, run
from media_relay.engine_fast.outgoing import new_outgoing
from media_relay.engine_fast.state import MAX_DATAGRAM, RING, new_state

log = logging.getLogger(__name__)

_NO_SOCKET = -1


def compile_everything() -> None:
    """Compile for this machine, or take what an earlier start has compiled."""
    started = time.monotonic()
    is_cold = not is_kept()
    if is_cold:
        log.info("relay engine: compiling for this machine, once; about half a minute")
    steps = _steps()
    for number, step in enumerate(steps, start=1):
        step()
        if is_cold:
            log.info(f"relay engine: compiled {number} of {len(steps)}")
    took = int(1000 * (time.monotonic() - started))
    log.info("relay engine: loaded", extra={"duration_ms": took})


def _steps() -> list[Callable[[], object]]:
    """One call of each entry, with arguments of the types that the engine will use."""
    state, incoming = new_state(1, 1), new_incoming()
    outgoing = new_outgoing([_NO_SOCKET], segments=False)
    data = np.zeros(MAX_DATAGRAM, "u1")
    numbers = np.zeros(RING, "i8")
    found = np.zeros(1, "u1")
    symbols = np.zeros(MAX_STATUSES, "i4")
    table, octets = state.addresses, np.zeros(addresses.V4_OCTETS, "u1")
    return [
        lambda: run(state, incoming, outgoing, 0, 0.0),
        lambda: calls.take_plain(state, outgoing, 0, data, 0, 0.0),
        lambda: calls.resend(state, outgoing, 0, numbers, 0.0),
        lambda: calls.probe(state, outgoing, 0, 0, 0.0),
        lambda: legs.waiting(state, 0.0, found),
        lambda: inbounds.due_holes(state, 0, 0.0, 0.0, numbers),
        lambda: departures.digest(state, 0, data, symbols),
        lambda: addresses.enter(table, 0, octets, octets.size, 0),
        lambda: addresses.strike(table, 0, octets, octets.size),
    ]
