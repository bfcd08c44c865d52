"""Which line carries whom: a function of two places, so nobody's picture ever moves."""

from hypothesis import given
from hypothesis import strategies as st

from media_relay.layout import RECEIVING
from media_relay.slots import SCREEN_SLOT, describe, mapping_for
from media_relay.tickets import MAX_SEATS, SeatTicket, Source

SEATS = st.sets(st.integers(1, MAX_SEATS), min_size=1)


def seat(
    number: int, *, may_send: frozenset[Source] = frozenset(Source), may_receive_video: bool = True
) -> SeatTicket:
    return SeatTicket(
        jti="j",
        person=f"p{number}",
        session="s",
        room="r",
        admission=f"a{number}",
        connection=f"c{number}",
        seat=number,
        may_send=may_send,
        may_receive_video=may_receive_video,
        expires_at=0,
    )


def test_a_full_circle_fits_and_everybody_carries_everybody_else() -> None:
    everybody = [seat(number) for number in range(1, MAX_SEATS + 1)]
    for viewer in everybody:
        mapping = mapping_for(viewer, everybody)
        assert set(mapping) == set(range(len(RECEIVING)))
        others = set(range(1, MAX_SEATS + 1)) - {viewer.seat}
        for source in (Source.MIC, Source.CAMERA):
            assert {who for who, what in mapping.values() if what is source} == others


@given(st.integers(1, MAX_SEATS), SEATS, SEATS)
def test_nobody_moves_when_somebody_comes_or_leaves(
    viewer: int, before: set[int], after: set[int]
) -> None:
    first = mapping_for(seat(viewer), [seat(number) for number in before])
    second = mapping_for(seat(viewer), [seat(number) for number in after])
    for slot in first.keys() & second.keys() - {SCREEN_SLOT}:
        assert first[slot] == second[slot]
    stayed = before & after - {viewer}
    assert {who for who, what in first.values() if what is Source.MIC} >= stayed


@given(SEATS)
def test_the_line_fits_the_source_and_is_never_ones_own(present: set[int]) -> None:
    for viewer in present:
        for slot in describe(mapping_for(seat(viewer), [seat(each) for each in present])):
            spec = next(spec for spec in RECEIVING if spec.mid == slot.mid)
            assert spec.source is slot.source
            assert slot.seat != viewer


def test_only_permitted_sources_are_mapped() -> None:
    muted, quiet = seat(2, may_send=frozenset({Source.CAMERA})), seat(3, may_send=frozenset())
    mapping = mapping_for(seat(1), [seat(1), muted, quiet])
    assert list(mapping.values()) == [(2, Source.CAMERA)]


def test_one_screen_is_shown_at_a_time() -> None:
    mapping = mapping_for(seat(1), [seat(3), seat(2)])
    assert mapping[SCREEN_SLOT] == (2, Source.SCREEN)


def test_an_audio_only_viewer_has_no_picture() -> None:
    mapping = mapping_for(seat(1, may_receive_video=False), [seat(2), seat(3)])
    assert {source for _, source in mapping.values()} == {Source.MIC}
