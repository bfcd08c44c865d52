"""No packet breaks an engine: some thousands here, millions by `make fuzz`."""

import pytest

from tests.media_relay.engine_rig import ENGINES, MakeEngine
from tests.media_relay.hostile_packets import Attack


@pytest.mark.parametrize("make", ENGINES)
def test_thousands_of_hostile_packets_break_nothing(make: MakeEngine) -> None:
    attack = Attack(make, seed=7)
    try:
        attack.play(20_000)
    finally:
        attack.rig.close()
    assert attack.good == 5
    counters = attack.rig.engine.counters()
    assert counters.refused > 100
    assert counters.packets_out > 1000
