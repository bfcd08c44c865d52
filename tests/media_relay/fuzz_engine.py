"""Hostile packets by the million, for the engine whose compiled code checks no index itself.

`python -m tests.media_relay.fuzz_engine 10000000` compiles the engine with bounds checks, in a
cache of its own, and ends with one line that says what was played. `make fuzz` runs it.
"""

import os
import random
import sys
import time
from collections.abc import Iterator

from media_relay.engines import EngineChoice, load_engine

CACHE = ".quietroom/relay-checked"
PART = 1_000_000


def main() -> None:
    count = int(sys.argv[1])
    # Both before the engine is first imported.
    os.environ["NUMBA_BOUNDSCHECK"] = "1"
    load_engine(EngineChoice.FAST, CACHE)
    from media_relay.engine_fast.engine import FastEngine
    from tests.media_relay.hostile_packets import Attack

    if not checks_are_on():
        sys.exit("bounds checks are off: nothing was played")
    started = time.monotonic()
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    attack = Attack(FastEngine, seed)
    for part in parts(count):
        attack.play(part)
        print(attack.rig.engine.counters(), flush=True)
    took = time.monotonic() - started
    print(f"{count} hostile packets, {attack.good} good ones forwarded, {took:.0f} s")


def parts(count: int) -> Iterator[int]:
    """A line is printed for each."""
    while count > 0:
        yield min(count, PART)
        count -= PART


def checks_are_on() -> bool:
    """An index outside must be found: else the millions prove little."""
    import numpy as np

    from media_relay.engine_fast import addresses, state

    table, octets = np.zeros(1, state.ADDRESS), np.arange(16, dtype="u1")
    try:
        addresses.enter(table, 0, octets, octets.size, 0)
    except IndexError:
        return True
    return False


if __name__ == "__main__":
    main()
