"""Sound first, then even shares, and no flicker."""

from hypothesis import given
from hypothesis import strategies as st

from media_relay.allocation import ANY_WIDTH, Allocation, LayerRate, Tile, allocate

LAYERS = (LayerRate("l", 70e3), LayerRate("m", 270e3), LayerRate("h", 950e3))
SOUND = 60e3


def tile(slot: int, *, width: int = ANY_WIDTH, carried: str | None = None) -> Tile:
    return Tile(slot, LAYERS, width, carried)


def given_to(allocation: Allocation) -> list[str | None]:
    return [allocation.layers[slot] for slot in sorted(allocation.layers)]


def test_a_wide_line_carries_the_top_layer_and_wants_no_more() -> None:
    allocation = allocate(3e6, SOUND, [tile(0)])
    assert given_to(allocation) == ["h"]
    assert allocation.bits_per_second == SOUND + 950e3
    assert allocation.needed is None


def test_a_line_of_150_kbit_s_keeps_one_small_picture_beside_the_sound() -> None:
    assert given_to(allocate(150e3, SOUND, [tile(0)])) == ["l"]
    assert given_to(allocate(110e3, SOUND, [tile(0, carried="l")])) == ["l"]
    assert given_to(allocate(150e3, 2 * SOUND, [tile(0), tile(1)])) == ["l", None]
    assert given_to(allocate(70e3, SOUND, [tile(0, carried="l")])) == [None]


def test_everybody_is_seen_small_before_anybody_is_seen_large() -> None:
    assert given_to(allocate(700e3, SOUND, [tile(slot) for slot in range(4)])) == ["m", *"lll"]
    assert given_to(allocate(400e3, SOUND, [tile(slot) for slot in range(4)])) == [*"llll"]


def test_the_larger_tile_is_served_first() -> None:
    allocation = allocate(500e3, SOUND, [tile(0, width=480), tile(1, width=900)])
    assert given_to(allocation) == ["l", "m"]


def test_no_tile_gets_more_than_it_shows() -> None:
    allocation = allocate(9e6, SOUND, [tile(0, width=200), tile(1, width=500), tile(2, width=0)])
    assert given_to(allocation) == ["l", "m", None]
    assert allocation.needed is None


def test_what_is_shown_is_kept_where_it_would_not_be_begun() -> None:
    budget = SOUND + 280e3
    assert given_to(allocate(budget, SOUND, [tile(0, carried="m")])) == ["m"]
    assert given_to(allocate(budget, SOUND, [tile(0, carried="l")])) == ["l"]


def test_a_denied_step_says_what_it_would_need() -> None:
    allocation = allocate(200e3, SOUND, [tile(0)])
    assert allocation.needed is not None
    assert given_to(allocate(allocation.needed, SOUND, [tile(0)])) == ["m"]


@given(
    st.floats(0, 5e6),
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(["l", "m", "h", None])), max_size=15),
)
def test_nothing_but_the_first_picture_is_ever_overspent(
    budget: float, wishes: list[tuple[int, str | None]]
) -> None:
    tiles = [tile(slot, width=width, carried=was) for slot, (width, was) in enumerate(wishes)]
    allocation = allocate(budget, SOUND, tiles)
    shown = [layer for layer in allocation.layers.values() if layer is not None]
    assert set(allocation.layers) == set(range(len(tiles)))
    if shown and shown != ["l"]:
        assert allocation.bits_per_second <= budget
    for each in tiles:
        assert each.width or allocation.layers[each.slot] is None
