"""What the relay's bench makes of its runs."""

from dataclasses import replace

from bench.relay_load.measure import Run
from bench.relay_load.report import middle, quartiles, ratios

RUN = Run(
    system="fast",
    shape="2x8",
    microseconds_per_packet=5.0,
    cores=0.2,
    forwarded=10_000,
    lost=0,
    corrupt=0,
    duplicates=0,
    late=0,
    median_ms=2.0,
    p99_ms=5.0,
    idle_kib=0,
    loaded_kib=0,
    load_cores=0.3,
)


def costing(*microseconds: float) -> list[Run]:
    return [replace(RUN, microseconds_per_packet=each) for each in microseconds]


def test_what_costs_half_does_twice_as_much_in_a_second() -> None:
    assert ratios(costing(5.0, 4.0), costing(10.0, 4.0)) == [2.0, 1.0]


def test_a_pair_with_a_damaged_or_starved_run_enters_no_ratio() -> None:
    spoiled = [replace(RUN, corrupt=1), replace(RUN, lost=1_000), RUN]
    assert ratios(costing(5.0, 5.0, 5.0), spoiled) == [1.0]
    assert ratios(spoiled, costing(5.0, 5.0, 5.0)) == [1.0]


def test_the_middle_and_the_quartiles_say_how_far_pairs_spread() -> None:
    found = [1.0, 1.1, 1.2, 1.3, 9.0]
    assert middle(found) == 1.2
    assert quartiles(found) == (1.05, 5.15)


def test_of_nothing_or_little_nothing_is_said() -> None:
    assert middle([]) is None
    assert quartiles([1.0, 1.1, 1.2]) is None
