"""Any order of what people and hosts may try leaves the same promises standing."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from sessions_app import services
from sessions_app.errors import SessionRefused
from sessions_app.models import Admission, Seat, Session
from sessions_app.permits import permit_of
from sessions_app.states import (
    ADMISSION_TRANSITIONS,
    ENDED,
    LIVE,
    SESSION_TRANSITIONS,
    AdmissionState,
    BlockScope,
    DecisionReason,
    SeatMode,
    SessionState,
)
from tests.cast import Visit
from tests.sessions_app.meeting import Meeting

PEOPLE = st.sampled_from(["thea", "ana", "ben"])
MEMBERS = st.sampled_from(["ana", "ben"])


def test_the_tables_name_every_state_and_end_where_they_must() -> None:
    assert set(ADMISSION_TRANSITIONS) == set(AdmissionState)
    assert set(SESSION_TRANSITIONS) == set(SessionState)
    assert all(not ADMISSION_TRANSITIONS[state] for state in ENDED)
    assert all(ADMISSION_TRANSITIONS[state] for state in LIVE)


def machine_of(meeting: Meeting) -> type[RuleBasedStateMachine]:
    class People(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.point = transaction.atomic()
            self.point.__enter__()
            self.ended: dict[UUID, str] = {}

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

        def visit(self, name: str) -> Visit:
            found: Visit = getattr(meeting, name)
            return found

        def live(self, name: str) -> Admission | None:
            return Admission.objects.filter(user=self.visit(name).user, ended_at=None).first()

        def tries(self, name: str, act: Callable[..., Any], **keywords: Any) -> None:
            """A refusal is an answer; it rolls back like in a request."""
            with suppress(SessionRefused), self.visit(name).acting(), transaction.atomic():
                act(**keywords)

        def hosts(self, name: str, act: Callable[..., Any], target: str = "", **more: Any) -> None:
            if target:
                admission = self.live(target)
                more["admission"] = admission.pk if admission else uuid4()
            self.tries(name, act, session=meeting.session, by=self.visit(name).user, **more)

        @rule(name=PEOPLE)
        def arrives(self, name: str) -> None:
            attempt = meeting.attempt(self.visit(name))
            self.tries(
                name, services.arrive, attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO
            )

        @rule(name=PEOPLE)
        def opens(self, name: str) -> None:
            attempt = meeting.attempt(self.visit(name))
            self.tries(
                name, services.open_doors, attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO
            )

        @rule(name=PEOPLE, gone=st.booleans())
        def goes(self, name: str, gone: bool) -> None:
            admission = self.live(name)
            if admission is None:
                return
            if gone and admission.connection is not None:
                self.tries(
                    name,
                    services.lose_connection,
                    admission=admission,
                    connection=admission.connection,
                )
            else:
                self.tries(name, services.leave, admission=admission, reason="connection_lost")

        @rule(name=PEOPLE)
        def is_mapped(self, name: str) -> None:
            admission = self.live(name)
            if admission is not None and admission.connection is not None:
                self.tries(
                    name,
                    services.mark_connected,
                    admission=admission,
                    connection=admission.connection,
                )

        @rule(by=PEOPLE, whom=PEOPLE)
        def admits(self, by: str, whom: str) -> None:
            self.hosts(by, services.admit_participant, whom)

        @rule(by=PEOPLE)
        def admits_all(self, by: str) -> None:
            self.hosts(by, services.admit_all_verified)

        @rule(by=PEOPLE, whom=PEOPLE)
        def returns(self, by: str, whom: str) -> None:
            self.hosts(by, services.return_to_waiting, whom)

        @rule(by=PEOPLE, whom=PEOPLE)
        def declines(self, by: str, whom: str) -> None:
            self.hosts(by, services.decline_participant, whom, reason=DecisionReason.NOT_READY)

        @rule(by=PEOPLE, whom=MEMBERS)
        def removes(self, by: str, whom: str) -> None:
            self.hosts(
                by,
                services.remove_participant,
                whom,
                scope=BlockScope.SESSION,
                reason=DecisionReason.SAFETY,
            )

        @rule(by=PEOPLE, is_locked=st.booleans())
        def locks(self, by: str, is_locked: bool) -> None:
            self.hosts(by, services.lock_session if is_locked else services.unlock_session)

        @rule(by=PEOPLE)
        def ends(self, by: str) -> None:
            self.hosts(by, services.end_session)

        @invariant()
        def a_seat_needs_a_live_decided_admission(self) -> None:
            for seat in Seat.objects.filter(freed_at=None).select_related("admission"):
                assert seat.admission.is_seated
                assert seat.admission.decided_by == meeting.thea.user
            for admission in Admission.objects.all():
                held = Seat.objects.filter(admission=admission, freed_at=None).exists()
                assert held is admission.is_seated
                if not admission.is_seated:
                    assert permit_of(admission.pk) is None

        @invariant()
        def ended_is_final(self) -> None:
            for admission in Admission.objects.all():
                if admission.pk in self.ended:
                    assert admission.state == self.ended[admission.pk]
                elif admission.state in ENDED:
                    self.ended[admission.pk] = admission.state

        @invariant()
        def only_a_present_host_keeps_the_door_open(self) -> None:
            session = Session.objects.get(pk=meeting.session.pk)
            own = self.live("thea")
            present = own is not None and own.is_seated and own.connection is not None
            if session.doors_are_open:
                assert (session.host_absent_since is None) is present
            if session.state == SessionState.ENDED:
                assert not Admission.objects.filter(ended_at=None).exists()

    return People


@pytest.mark.timeout(300)
def test_no_order_of_acts_breaks_a_promise(meeting: Meeting) -> None:
    for visit in (meeting.thea, meeting.ana, meeting.ben):
        meeting.answer(visit)
    run_state_machine_as_test(
        machine_of(meeting),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
