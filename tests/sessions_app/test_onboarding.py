"""Getting started: each side sees the same steps, and the steps agree with the gates."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Profile, SignIn
from consent import queries as papers
from consent import services as consent
from consent.errors import ConsentError
from consent.lessons import LESSONS
from consent.models import LessonCompletion
from consent.onboarding import STEPS, Onboarding, Step
from consent.statements import statements_for
from consent.states import (
    ONBOARDING_TRANSITIONS,
    STEP_TRANSITIONS,
    OnboardingState,
    StepState,
)
from groups import queries as groups
from groups.errors import GroupsError
from groups.services import reinstate, suspend_membership
from sessions_app import gates, services
from sessions_app.onboarding import onboarding_of, onboardings_of
from sessions_app.states import RehearsalKind, SeatMode
from tests.cast import CLEO, Visit, browser_of, member_of
from tests.sessions_app.meeting import Meeting, one_more

DOOR = ("membership", "papers", "guardian", "lessons")
MEMBERS = st.sampled_from(["ana", "ben"])


def onboarding(meeting: Meeting, visit: Visit) -> Onboarding:
    membership = groups.membership_of(visit.user, meeting.group.pk)
    assert membership is not None
    return onboarding_of(membership)


def step(meeting: Meeting, visit: Visit, key: str) -> Step:
    return next(one for one in onboarding(meeting, visit).steps if one.key == key)


def take_lessons(visit: Visit) -> None:
    with visit.acting():
        for lesson in LESSONS:
            consent.complete_lesson(user=visit.user, lesson=lesson)


def require_lessons(meeting: Meeting, *, is_required: bool = True) -> None:
    with meeting.hosting():
        consent.set_learning_rule(
            program=meeting.group.program,
            group=meeting.group,
            is_required=is_required,
            renew_days=365,
        )


def test_every_state_has_its_ways() -> None:
    assert set(STEP_TRANSITIONS) == set(StepState)
    assert set(ONBOARDING_TRANSITIONS) == set(OnboardingState)


def test_a_newcomer_is_led_from_step_to_step(meeting: Meeting) -> None:
    cleo = member_of(meeting.group, CLEO, invited_by=meeting.thea, has_signed=False)
    require_lessons(meeting)
    seen = []
    acts: tuple[Callable[[], object], ...] = (
        lambda: cleo.sign(meeting.group),
        lambda: take_lessons(cleo),
        lambda: try_out(cleo, RehearsalKind.DEVICES),
        lambda: try_out(cleo, RehearsalKind.SPACE),
    )
    for act in acts:
        found = onboarding(meeting, cleo)
        assert found.next_step is not None
        seen.append((found.state.value, found.next_step.key))
        act()
    assert seen == [
        ("preparing", "papers"),
        ("preparing", "lessons"),
        ("ready", "devices"),
        ("ready", "space"),
    ]
    assert onboarding(meeting, cleo).state == OnboardingState.COMPLETE
    assert onboarding(meeting, cleo).next_step is None


def try_out(visit: Visit, kind: RehearsalKind) -> None:
    with visit.acting():
        services.rehearse(user=visit.user, kind=kind)


def test_whoever_has_been_in_a_session_has_tried_place_and_devices(meeting: Meeting) -> None:
    assert step(meeting, meeting.ana, "space").state == StepState.OPEN
    attempt = meeting.answer(meeting.ana)
    assert step(meeting, meeting.ana, "space").state == StepState.DONE
    assert step(meeting, meeting.ana, "devices").state == StepState.OPEN
    with meeting.ana.acting():
        services.choose_devices(prejoin=attempt.prejoin, mode=SeatMode.VIDEO)
    assert step(meeting, meeting.ana, "devices").state == StepState.DONE


def test_an_open_question_shows_as_waiting_and_bars_the_door_as_before(meeting: Meeting) -> None:
    cleo = member_of(meeting.group, CLEO, invited_by=meeting.thea, has_signed=False)
    version = papers.version_in_force(meeting.group)
    assert version is not None
    assert step(meeting, cleo, "papers").state == StepState.OPEN
    with cleo.acting():
        consent.ask_question(version=version, by=cleo.user, text="Why?")
    asked = step(meeting, cleo, "papers")
    assert (asked.state, asked.bars_door) == (StepState.WAITING, True)
    cleo.sign(meeting.group)
    assert step(meeting, cleo, "papers").state == StepState.DONE


def test_lessons_are_offered_until_somebody_requires_them(meeting: Meeting) -> None:
    assert not step(meeting, meeting.ana, "lessons").bars_door
    assert gates.by_name("lessons").is_open(meeting.attempt(meeting.ana))
    require_lessons(meeting)
    assert step(meeting, meeting.ana, "lessons").bars_door
    attempt = meeting.attempt(meeting.ana)
    closed = gates.first_closed(attempt)
    assert closed is not None
    assert closed.name == "lessons"
    assert closed.url(attempt).startswith(f"/lessons/{LESSONS[0].key}/?next=%2Fsession%2F")
    assert gates.by_name("lessons").is_open(meeting.attempt(meeting.thea)), "hosts have training"
    take_lessons(meeting.ana)
    assert gates.by_name("lessons").is_open(meeting.attempt(meeting.ana))


def test_a_lapsed_lesson_closes_the_gate_and_a_due_one_does_not(meeting: Meeting) -> None:
    require_lessons(meeting)
    take_lessons(meeting.ana)
    for days, state, is_open in [(364, "done", True), (366, "due", True), (396, "open", False)]:
        at = timezone.now() + timedelta(days=days)
        with time_machine.travel(at, tick=False):
            assert step(meeting, meeting.ana, "lessons").state == state
            attempt = meeting.attempt(meeting.ana)
            assert gates.by_name("lessons").is_open(attempt) is is_open


def test_a_therapist_sees_the_steps_and_no_answer(meeting: Meeting) -> None:
    with meeting.ana.acting():
        services.rehearse(user=meeting.ana.user, kind=RehearsalKind.DEVICES)
    page = browser_of(meeting.thea).get(f"/groups/{meeting.group.pk}/start/people/")
    text = page.content.decode()
    assert meeting.ana.person.true_name in text
    assert "Short lessons" in text
    profile = Profile.objects.get(user=meeting.ana.user)
    for private in (profile.call_back, profile.emergency_contact):
        assert private
        assert private not in text


def test_a_member_sees_the_own_steps_and_nobody_elses(meeting: Meeting) -> None:
    client = browser_of(meeting.ana)
    page = client.get(f"/groups/{meeting.group.pk}/start/").content.decode()
    assert "Short lessons" in page
    assert meeting.ben.person.true_name not in page
    assert client.get(f"/groups/{meeting.group.pk}/start/people/").status_code == 404
    today = client.get("/").content.decode()
    assert "When you have a few minutes" in today


def test_more_people_make_no_more_queries(meeting: Meeting) -> None:
    require_lessons(meeting)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            list(onboardings_of(meeting.group))
        return len(captured)

    few = asked()
    take_lessons(one_more(meeting, CLEO))
    assert asked() == few
    assert len(onboardings_of(meeting.group)) == 4


def machine_of(meeting: Meeting) -> type[RuleBasedStateMachine]:
    class GettingStarted(RuleBasedStateMachine):
        """Whatever happens in whatever order, the steps say what the gates do."""

        def __init__(self) -> None:
            super().__init__()
            self.point = transaction.atomic()
            self.point.__enter__()
            self.before: dict[str, Onboarding] = {}

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

        def visit(self, name: str) -> Visit:
            found: Visit = getattr(meeting, name)
            return found

        def tries(self, name: str, act: Any, **keywords: Any) -> None:
            with suppress(ConsentError, GroupsError), self.visit(name).acting():
                act(**keywords)

        @rule(name=MEMBERS)
        def signs(self, name: str) -> None:
            membership = groups.membership_of(self.visit(name).user, meeting.group.pk)
            if membership is not None and membership.is_live:
                sign_with_a_fresh_factor(self.visit(name), meeting)

        @rule(name=MEMBERS)
        def withdraws(self, name: str) -> None:
            signature = papers.valid_signatures_of(self.visit(name).user).first()
            if signature is not None:
                self.tries(name, consent.withdraw_signature, signature=signature)

        @rule(name=MEMBERS, count=st.integers(1, len(LESSONS)))
        def takes_lessons(self, name: str, count: int) -> None:
            for lesson in LESSONS[:count]:
                self.tries(name, consent.complete_lesson, user=self.visit(name).user, lesson=lesson)

        @rule(name=MEMBERS, days=st.sampled_from([100, 365, 400]))
        def time_passes_for(self, name: str, days: int) -> None:
            taken = LessonCompletion.objects.filter(user=self.visit(name).user)
            for one in taken:
                one.completed_at -= timedelta(days=days)
                one.save()

        @rule(is_required=st.booleans())
        def the_rule_changes(self, is_required: bool) -> None:
            require_lessons(meeting, is_required=is_required)

        @rule(name=MEMBERS, kind=st.sampled_from(RehearsalKind))
        def tries_out(self, name: str, kind: RehearsalKind) -> None:
            try_out(self.visit(name), kind)

        @rule(name=MEMBERS)
        def is_paused_or_comes_back(self, name: str) -> None:
            membership = groups.membership_of(self.visit(name).user, meeting.group.pk)
            assert membership is not None
            if membership.is_live:
                self.tries("thea", suspend_membership, membership=membership, reason="test")
            else:
                self.tries("thea", reinstate, membership=membership)

        @invariant()
        def the_steps_agree_with_the_gates(self) -> None:
            found = {one.membership.user_id: one for one in onboardings_of(meeting.group)}
            for name in ("ana", "ben"):
                visit = self.visit(name)
                attempt = meeting.attempt(visit)
                closed = [one for one in DOOR if not gates.by_name(one).is_open(attempt)]
                own = found.get(visit.user.pk)
                if own is None:
                    assert "membership" in closed
                    self.before.pop(name, None)
                    continue
                assert (own.state == OnboardingState.PREPARING) is bool(closed), closed
                self.judge(name, own, closed)

        def judge(self, name: str, own: Onboarding, closed: list[str]) -> None:
            following = own.next_step
            assert (following is None) is (own.state == OnboardingState.COMPLETE)
            if closed:
                assert following is not None
                assert following.bars_door
                assert following.url.startswith("/")
                assert following.text
            before = self.before.get(name)
            if before is not None and before.state != own.state:
                assert own.state in ONBOARDING_TRANSITIONS[before.state]
            if before is not None:
                for old, new in zip(before.steps, own.steps, strict=True):
                    assert old.state == new.state or new.state in STEP_TRANSITIONS[old.state]
            self.before[name] = own

    return GettingStarted


def sign_with_a_fresh_factor(visit: Visit, meeting: Meeting) -> None:
    for version in papers.papers_due(visit.user, meeting.group):
        SignIn.objects.filter(pk=visit.sign_in.pk).update(signature_ready_at=timezone.now())
        visit.sign_in.refresh_from_db()
        with visit.acting():
            consent.sign_agreement(
                request=visit.request(),
                version=version,
                printed_name=visit.person.true_name,
                ticked=set(statements_for(version.agreement.kind)),
            )


@pytest.mark.timeout(300)
def test_no_order_of_acts_makes_the_steps_disagree_with_the_gates(meeting: Meeting) -> None:
    run_state_machine_as_test(
        machine_of(meeting),
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_steps_of_consent_come_in_the_order_of_a_newcomer(meeting: Meeting) -> None:
    keys = [one.key for one in onboarding(meeting, meeting.ana).steps]
    assert keys == ["account", "factor", "about_you", "papers", "lessons", "devices", "space"]
    assert len(STEPS) + len(RehearsalKind) == len(keys)
