"""A membership goes only the ways that the table knows, in Python and in the database."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from groups.errors import LastHost, TransitionRefused
from groups.models import Membership
from groups.services import (
    activate_membership,
    add_member,
    leave_group,
    reinstate,
    remove_membership,
    suspend_membership,
)
from groups.states import ENDED_STATES, LIVE_STATES, TRANSITIONS, MembershipState, SeatRole
from tests.cast import Person, member_of
from tests.groups.world import World, membership_in
from tests.trail import recorded

BENNO = Person("benno", "Benno Falk", "participant", "Benno")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
Way = Callable[[Membership], Membership]
PAIRS = [(a, b) for a in MembershipState for b in MembershipState]


def leave(membership: Membership) -> Membership:
    return leave_group(membership=membership)


def remove(membership: Membership) -> Membership:
    return remove_membership(membership=membership, reason="safety")


def suspend(membership: Membership) -> Membership:
    return suspend_membership(membership=membership, reason="safety")


def test_the_table_lists_every_state() -> None:
    assert set(TRANSITIONS) == set(MembershipState)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_only_listed_ways_are_open(before: MembershipState, after: MembershipState) -> None:
    membership = Membership(state=before)
    if after in TRANSITIONS[before]:
        membership.move_to(after, at=NOW)
        assert membership.state == after
    else:
        with pytest.raises(TransitionRefused):
            membership.move_to(after, at=NOW)
        assert membership.state == before


@given(st.lists(st.sampled_from(list(MembershipState)), max_size=12))
def test_times_always_fit_the_state(wished: list[MembershipState]) -> None:
    """The invariants of the check constraints hold after any walk, and removal is final."""
    membership = Membership()
    was_removed = False
    for state in wished:
        with suppress(TransitionRefused):
            membership.move_to(state, at=NOW)
        assert not was_removed or membership.state == MembershipState.REMOVED
        was_removed = membership.state == MembershipState.REMOVED
        assert (membership.suspended_at is not None) == (
            membership.state == MembershipState.SUSPENDED
        )
        assert (membership.ended_at is not None) == (membership.state in ENDED_STATES)
        assert membership.state != MembershipState.ACTIVE or membership.activated_at
        assert membership.is_live == (membership.state in LIVE_STATES)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "suspended"},
        {"state": "removed"},
        {"state": "friend"},
        {"role": "owner"},
        {"ended_at": NOW},
        {"suspended_at": NOW},
        {"activated_at": None},
    ],
)
def test_the_database_refuses_a_state_without_its_time(
    world: World, change: dict[str, object]
) -> None:
    row = Membership.objects.filter(pk=membership_in(world.circle, world.ana).pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(**change)
    assert row.get().state == MembershipState.ACTIVE


def test_a_pause_and_its_end_lead_back_to_where_they_began(world: World) -> None:
    unsigned = member_of(world.other, BENNO, invited_by=world.tom, has_signed=False)
    for membership, state in (
        (membership_in(world.circle, world.ana), "active"),
        (membership_in(world.other, unsigned), "enrolled"),
    ):
        with world.thea.acting():
            paused = suspend_membership(membership=membership, reason="safety")
            assert not paused.is_live
            assert reinstate(membership=membership).state == state
    assert [entry["reason"] for entry in recorded("member.suspended")] == ["safety", "safety"]


def test_reinstating_somebody_who_is_not_paused_is_refused(world: World) -> None:
    with world.thea.acting(), pytest.raises(TransitionRefused):
        reinstate(membership=membership_in(world.circle, world.ana))
    assert recorded("member.reinstated") == []


def test_a_removed_person_stays_removed(world: World) -> None:
    with world.thea.acting():
        remove_membership(membership=membership_in(world.circle, world.ana), reason="safety")
        for service in (activate_membership, reinstate, leave_group):
            with pytest.raises(TransitionRefused):
                service(membership=membership_in(world.circle, world.ana))
    assert len(recorded("member.removed")) == 1


@pytest.mark.parametrize("has_signed", [True, False])
def test_who_left_and_is_added_again_comes_back_to_where_they_were(
    world: World, has_signed: bool
) -> None:
    benno = member_of(world.circle, BENNO, invited_by=world.thea, has_signed=has_signed)
    with benno.acting():
        leave_group(membership=membership_in(world.circle, benno))
    with world.thea.acting():
        again = add_member(group=world.circle, user=benno.user, role=SeatRole.MEMBER, alias="Benno")
    assert again.state == ("active" if has_signed else "enrolled")
    assert again.ended_at is None


@pytest.mark.parametrize("way", [leave, remove, suspend])
def test_the_last_host_cannot_go(world: World, way: Way) -> None:
    host = membership_in(world.circle, world.thea)
    with world.thea.acting(), pytest.raises(LastHost):
        way(host)
    assert membership_in(world.circle, world.thea).is_host


def test_a_host_can_go_when_another_one_stays(world: World) -> None:
    host = membership_in(world.circle, world.thea)
    with world.ada.acting():
        add_member(group=world.circle, user=world.tom.user, role=SeatRole.COHOST, alias="Tom")
    with world.thea.acting():
        assert leave_group(membership=host).state == MembershipState.DEPARTED
