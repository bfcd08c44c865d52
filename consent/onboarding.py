"""Getting started in a group: the steps of one membership, derived from what is on record.

| state     | what it says                                 | gates of membership and its papers |
|-----------|----------------------------------------------|------------------------------------|
| PREPARING | a step for which the door waits is open      | at least one is closed             |
| READY     | only steps that are offered are open, or due | open                               |
| COMPLETE  | every step is done                           | open                               |

The gates are those named membership, papers, guardian and lessons.

Steps of other apps join in `sessions_app/onboarding.py`. The therapist sees the state of each step
and nothing of what was answered in it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import Passkey, TotpDevice
from consent.kinds import MEMBERS
from consent.learned import DoorLessons, standings, taken_by, terms_of
from consent.learning import LearningTerms, LessonStanding
from consent.lessons import LESSONS
from consent.models import Question
from consent.queries import DoorPapers, door_papers
from consent.states import OnboardingState, StepState
from groups.models import Group, Membership
from groups.states import MembershipState, SeatRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`text` says to its owner what to do; `bars_door`: the waiting room is closed until then."""

    key: str
    title: str
    text: str
    state: StepState
    url: str
    bars_door: bool = False

    @property
    def is_done(self) -> bool:
        return self.state == StepState.DONE

    @property
    def counts_as_done(self) -> bool:
        return self.state in (StepState.DONE, StepState.DUE)


@dataclass(frozen=True, slots=True)
class Onboarding:
    membership: Membership
    steps: tuple[Step, ...]

    @property
    def state(self) -> OnboardingState:
        if any(step.bars_door for step in self.steps):
            return OnboardingState.PREPARING
        done = all(step.is_done for step in self.steps)
        return OnboardingState.COMPLETE if done else OnboardingState.READY

    @property
    def next_step(self) -> Step | None:
        """What the door waits for comes first."""
        open_steps = [step for step in self.steps if not step.is_done]
        barring = (step for step in open_steps if step.bars_door)
        return next(barring, open_steps[0] if open_steps else None)

    @property
    def done(self) -> int:
        return sum(step.counts_as_done for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What stands on record about some people of one group, in a fixed number of queries."""

    now: datetime
    with_factor: frozenset[UUID]
    papers: DoorPapers
    waiting: frozenset[UUID]
    terms: LearningTerms
    taken: Mapping[UUID, Mapping[str, datetime]]

    @classmethod
    def of(cls, group: Group, people: Iterable[UUID], now: datetime | None = None) -> Self:
        ids, moment = list(people), now or timezone.now()
        totp = TotpDevice.objects.filter(user__in=ids, confirmed_at__isnull=False)
        passkeys = Passkey.objects.filter(user__in=ids)
        asked = Question.objects.filter(version__agreement__group=group, answered_at=None)
        factors = totp.values_list("user_id").union(passkeys.values_list("user_id"))
        return cls(
            now=moment,
            with_factor=frozenset(user_id for (user_id,) in factors),
            papers=door_papers(group, now=moment),
            waiting=frozenset(asked.values_list("asked_by_id", flat=True)),
            terms=terms_of(group),
            taken=taken_by(ids),
        )


def steps_of(membership: Membership, record: Record) -> list[Step]:
    """This app's, and those of the apps below. `membership` holds its user's profile."""
    return [step for make in STEPS if (step := make(membership, record)) is not None]


def account(membership: Membership, record: Record) -> Step:
    return Step(
        key="account",
        title="Your account",
        text="You have one: you came in by an invitation.",
        state=StepState.DONE,
        url=reverse("accounts:security"),
    )


def factor(membership: Membership, record: Record) -> Step:
    return Step(
        key="factor",
        title="Second step",
        text="A passkey, or a code from an app: nobody can be you with a password alone.",
        state=_done_if(membership.user_id in record.with_factor),
        url=reverse("accounts:security"),
    )


def about_you(membership: Membership, record: Record) -> Step:
    profile = getattr(membership.user, "profile", None)
    is_filled = profile is not None and bool(profile.call_back and profile.emergency_contact)
    return Step(
        key="about_you",
        title="About you",
        text="A number that reaches you, and somebody to call in an emergency.",
        state=_done_if(is_filled),
        url=reverse("accounts:profile"),
    )


def papers(membership: Membership, record: Record) -> Step:
    """Done with the last signature, which is also what makes the membership active."""
    is_done = (
        record.papers.is_current(membership.user_id, membership.role)
        and record.papers.is_stood_for(membership.user_id, membership.role)
        and membership.state == MembershipState.ACTIVE
    )
    waits_for = "" if is_done else _papers_wait_for(membership, record)
    return Step(
        key="papers",
        title="Papers",
        text=waits_for or "Read and sign what the group agreed on.",
        state=StepState.WAITING if waits_for else _done_if(is_done),
        url=reverse("consent:papers"),
        bars_door=not is_done,
    )


def _papers_wait_for(membership: Membership, record: Record) -> str:
    """For whom they wait that is not this person; empty when it is their turn."""
    if record.papers.agreement is None:
        return "Your therapist is still preparing the agreement."
    if record.papers.is_current(membership.user_id, membership.role):
        stood_for = record.papers.is_stood_for(membership.user_id, membership.role)
        return "" if stood_for else "Your parent or guardian has to sign too."
    if membership.user_id in record.waiting:
        return "Your question waits for an answer. You may also sign before."
    return ""


def lessons(membership: Membership, record: Record) -> Step | None:
    """For members; the training of those who lead is compliance's matter."""
    if SeatRole(membership.role) not in MEMBERS:
        return None
    taken = record.taken.get(membership.user_id, {})
    stands = standings(taken, record.terms, record.now)
    door = DoorLessons(record.terms, record.now, record.taken)
    waiting = sum(standing != LessonStanding.DONE for standing in stands.values())
    return Step(
        key="lessons",
        title="Short lessons",
        text=f"{waiting} of {len(LESSONS)} wait, two minutes each." if waiting else "All taken.",
        state=_lessons_state(stands.values()),
        url=reverse("consent:lessons"),
        bars_door=not door.is_current(membership.user_id, membership.role),
    )


def _lessons_state(stands: Iterable[LessonStanding]) -> StepState:
    found = set(stands)
    if found <= {LessonStanding.DONE}:
        return StepState.DONE
    return StepState.DUE if found <= {LessonStanding.DONE, LessonStanding.DUE} else StepState.OPEN


def _done_if(is_done: bool) -> StepState:
    return StepState.DONE if is_done else StepState.OPEN


# In the order in which a newcomer meets them.
STEPS: tuple[Callable[[Membership, Record], Step | None], ...] = (
    account,
    factor,
    about_you,
    papers,
    lessons,
)
