"""Getting started, whole: the steps of consent/onboarding.py and those of this app."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse

from consent.onboarding import Onboarding, Record, Step, steps_of
from consent.states import StepState
from groups import queries as groups
from groups.models import Group, Membership
from sessions_app.queries.preparing import rehearsed
from sessions_app.states import RehearsalKind

Rehearsed = Mapping[RehearsalKind, set[UUID]]


def onboarding_of(membership: Membership) -> Onboarding:
    (found,) = _onboardings(membership.group, [membership])
    return found


def onboardings_of(group: Group) -> list[Onboarding]:
    """Of everybody with a live membership, in a fixed number of queries. For hosts only."""
    return _onboardings(group, [one for one in groups.roster_of(group) if one.is_live])


def _onboardings(group: Group, members: Iterable[Membership]) -> list[Onboarding]:
    found = list(members)
    ids = [member.user_id for member in found]
    record, tried = Record.of(group, ids), rehearsed(ids)
    return [
        Onboarding(member, (*steps_of(member, record), *_own_steps(member, tried)))
        for member in found
    ]


def _own_steps(member: Membership, tried: Rehearsed) -> tuple[Step, ...]:
    return (
        Step(
            key="devices",
            title="Sound and picture",
            text="Try camera, microphone and speaker once in peace.",
            state=_state(member.user_id in tried[RehearsalKind.DEVICES]),
            url=reverse("sessions:try_devices"),
        ),
        Step(
            key="space",
            title="My space",
            text="Look for a place where nobody hears you.",
            state=_state(member.user_id in tried[RehearsalKind.SPACE]),
            url=reverse("sessions:try_space"),
        ),
    )


def _state(is_done: bool) -> StepState:
    return StepState.DONE if is_done else StepState.OPEN
