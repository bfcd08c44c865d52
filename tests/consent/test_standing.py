"""The clock alone makes a signature due and expired, to the second."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from consent.standing import Standing, Terms, standing
from consent.states import SignatureState

SIGNED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NINETY = Terms(reaffirm=timedelta(days=90), grace=timedelta(days=7))


def stands(terms: Terms, now: datetime, state: SignatureState = SignatureState.VALID) -> Standing:
    return standing(state=state, signed_at=SIGNED, terms=terms, now=now)


def test_without_an_interval_a_signature_holds_until_something_replaces_it() -> None:
    assert stands(Terms(), SIGNED + timedelta(days=5000)) == Standing.CURRENT


def test_the_interval_and_the_grace_are_exact_to_the_second() -> None:
    due = SIGNED + timedelta(days=90)
    assert stands(NINETY, due - SECOND) == Standing.CURRENT
    assert stands(NINETY, due) == Standing.DUE
    assert stands(NINETY, due + timedelta(days=7) - SECOND) == Standing.DUE
    assert stands(NINETY, due + timedelta(days=7)) == Standing.EXPIRED


def test_asking_everybody_again_counts_for_what_was_signed_before() -> None:
    asked = Terms(grace=timedelta(days=2), asked_again_at=SIGNED + timedelta(days=10))
    assert stands(asked, SIGNED + timedelta(days=11)) == Standing.DUE
    assert stands(asked, SIGNED + timedelta(days=12)) == Standing.EXPIRED
    earlier = Terms(grace=timedelta(days=2), asked_again_at=SIGNED - SECOND)
    assert stands(earlier, SIGNED + timedelta(days=12)) == Standing.CURRENT


def test_withdrawn_and_replaced_signatures_open_no_door_at_any_time() -> None:
    for state in (SignatureState.WITHDRAWN, SignatureState.SUPERSEDED):
        assert not stands(Terms(), SIGNED, state).opens_door
    assert stands(Terms(), SIGNED).opens_door


@given(
    reaffirm=st.none() | st.integers(1, 400),
    grace=st.integers(0, 60),
    asked=st.none() | st.integers(-400, 400),
    days=st.lists(st.integers(0, 900), min_size=2, max_size=6),
)
def test_time_only_ever_closes_the_door(
    reaffirm: int | None, grace: int, asked: int | None, days: list[int]
) -> None:
    asked_at = None if asked is None else SIGNED + timedelta(days=asked)
    terms = Terms.of_days(reaffirm, grace, asked_at)
    seen = [stands(terms, SIGNED + timedelta(days=day)).opens_door for day in sorted(days)]
    assert seen == sorted(seen, reverse=True)
