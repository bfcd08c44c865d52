"""Nobody is let in by coming early, by being first, by knowing something or by having been in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.states import SeatRole
from sessions_app import services
from sessions_app.errors import (
    AdmitsNobody,
    CoolingDown,
    GateIsClosed,
    NeedsFreshFactor,
    NoSuchAdmission,
    NotAHost,
    OnAnotherDevice,
    RoomIsFull,
    TransitionRefused,
)
from sessions_app.models import Admission, Block, Seat
from sessions_app.permits import permit_of
from sessions_app.states import (
    AdmissionState,
    BlockScope,
    DecisionReason,
    SeatMode,
    SessionState,
)
from tests.cast import CLEO, MALLORY, TOM, group_of, member_of, staff
from tests.sessions_app.meeting import Meeting, by_itself, one_more, second_device


def test_arriving_early_admits_nobody(meeting: Meeting) -> None:
    admission = meeting.wait(meeting.ana)
    assert admission.state == AdmissionState.WAITING
    assert permit_of(admission.pk) is None
    assert not Seat.objects.exists()


def test_a_host_who_comes_late_admits_nobody_by_coming(meeting: Meeting) -> None:
    waiting = [meeting.wait(meeting.ana), meeting.wait(meeting.ben)]
    own = meeting.open_doors()
    for admission in waiting:
        admission.refresh_from_db()
        assert admission.state == AdmissionState.WAITING
    assert own.state == AdmissionState.ADMITTED
    assert meeting.now().state == SessionState.DOORS_OPEN


def test_having_been_in_before_admits_nobody(meeting: Meeting) -> None:
    first = meeting.wait(meeting.ana)
    meeting.open_doors()
    meeting.admit(first)
    with meeting.ana.acting():
        services.leave(admission=first)
    again = meeting.wait(meeting.ana)
    assert again.pk != first.pk
    assert again.state == AdmissionState.WAITING


def test_a_host_admits_and_the_member_sits(meeting: Meeting) -> None:
    meeting.open_doors()
    admitted = meeting.admit(meeting.wait(meeting.ana))
    assert admitted.state == AdmissionState.ADMITTED
    assert admitted.decided_by == meeting.thea.user
    assert meeting.now().state == SessionState.LIVE
    permit = permit_of(admitted.pk)
    assert permit is not None
    assert permit.seat == 2


def test_nobody_is_admitted_before_the_doors_are_open(meeting: Meeting) -> None:
    waiting = meeting.wait(meeting.ana)
    with pytest.raises(NotAHost):
        meeting.admit(waiting)


def test_a_host_without_an_own_seat_acts_on_nobody(meeting: Meeting) -> None:
    own = meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    with meeting.thea.acting():
        services.leave(admission=own)
    with pytest.raises(NotAHost) as refused:
        meeting.admit(waiting)
    assert refused.value.code == "no_own_admission"


def test_a_member_admits_nobody_not_even_themselves(meeting: Meeting) -> None:
    meeting.open_doors()
    own = meeting.wait(meeting.ana)
    other = meeting.wait(meeting.ben)
    meeting.admit(own)
    for target in (own, other):
        with meeting.ana.acting(), pytest.raises(NotAHost):
            services.admit_participant(
                session=meeting.session, admission=target.pk, by=meeting.ana.user
            )


def test_the_therapist_of_another_group_admits_nobody_here(meeting: Meeting) -> None:
    meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    tom = staff(TOM)
    group_of(tom, name="Morning circle")
    with tom.acting(), pytest.raises(NotAHost):
        services.admit_participant(session=meeting.session, admission=waiting.pk, by=tom.user)


def test_an_admission_of_another_session_is_as_good_as_none(meeting: Meeting) -> None:
    meeting.open_doors()
    with pytest.raises(NoSuchAdmission), meeting.hosting():
        services.admit_participant(session=meeting.session, admission=uuid4(), by=meeting.thea.user)


def test_admission_asks_the_gates_again(meeting: Meeting) -> None:
    meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    meeting.publish_new_agreement()
    with pytest.raises(GateIsClosed) as refused:
        meeting.admit(waiting)
    assert refused.value.gate == "papers"


def test_answers_of_an_older_attempt_admit_nobody(meeting: Meeting) -> None:
    """The waiting person answered anew elsewhere: the host saw other answers than these."""
    meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    meeting.publish_new_agreement()
    meeting.ana.sign(meeting.group)
    meeting.answer(meeting.ana)
    with pytest.raises(GateIsClosed):
        meeting.admit(waiting)


def test_a_locked_session_admits_nobody_until_it_is_unlocked(meeting: Meeting) -> None:
    meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    with meeting.hosting():
        services.lock_session(session=meeting.session, by=meeting.thea.user)
        with pytest.raises(AdmitsNobody):
            meeting.admit(waiting)
        services.unlock_session(session=meeting.session, by=meeting.thea.user)
    assert meeting.admit(waiting).is_seated


def test_admit_all_takes_only_the_verified(meeting: Meeting) -> None:
    meeting.open_doors()
    alone = meeting.wait(meeting.ana)
    attempt = meeting.answer(meeting.ben, alone=False)
    with meeting.ben.acting():
        not_alone = services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.AUDIO)
    with meeting.hosting():
        assert services.admit_all_verified(session=meeting.session, by=meeting.thea.user) == 1
    alone.refresh_from_db()
    assert not_alone is not None
    not_alone.refresh_from_db()
    assert (alone.state, not_alone.state) == (AdmissionState.ADMITTED, AdmissionState.WAITING)


def test_declined_is_for_now_and_asks_for_patience(meeting: Meeting) -> None:
    meeting.open_doors()
    waiting = meeting.wait(meeting.ana)
    with meeting.hosting():
        services.decline_participant(
            session=meeting.session,
            admission=waiting.pk,
            by=meeting.thea.user,
            reason=DecisionReason.NOT_READY,
        )
    attempt = meeting.attempt(meeting.ana)
    with meeting.ana.acting(), pytest.raises(CoolingDown):
        services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)


def test_returned_to_waiting_ends_the_admission_and_begins_a_new_one(meeting: Meeting) -> None:
    meeting.open_doors()
    connection = uuid4()
    first = meeting.admit(meeting.wait(meeting.ana, connection))
    with meeting.hosting():
        again = services.return_to_waiting(
            session=meeting.session, admission=first.pk, by=meeting.thea.user
        )
    first.refresh_from_db()
    assert first.state == AdmissionState.RETURNED_TO_WAITING
    assert again.state == AdmissionState.WAITING
    assert again.connection == connection
    assert permit_of(first.pk) is None
    assert permit_of(again.pk) is None
    assert meeting.admit(again).seat.number == 2


@pytest.mark.parametrize("scope", list(BlockScope))
def test_removed_people_do_not_come_back(meeting: Meeting, scope: BlockScope) -> None:
    from sessions_app.access import standing_of

    meeting.open_doors()
    seated = meeting.admit(meeting.wait(meeting.ben))
    with meeting.hosting():
        services.remove_participant(
            session=meeting.session,
            admission=seated.pk,
            by=meeting.thea.user,
            scope=scope,
            reason=DecisionReason.BROKE_AGREEMENT,
        )
    seated.refresh_from_db()
    assert seated.state == AdmissionState.REMOVED
    assert permit_of(seated.pk) is None
    assert Block.objects.get().scope == scope
    assert standing_of(meeting.ben.user, meeting.session.pk) is None
    attempt = meeting.attempt(meeting.ben)
    with meeting.ben.acting(), pytest.raises(GateIsClosed) as refused:
        services.enter_waiting_room(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)
    assert refused.value.gate == "membership"
    assert standing_of(meeting.ana.user, meeting.session.pk) is not None


def test_an_ended_admission_is_final_even_for_the_database(meeting: Meeting) -> None:
    waiting = meeting.wait(meeting.ana)
    with meeting.ana.acting():
        services.leave(admission=waiting)
    with pytest.raises(TransitionRefused), meeting.ana.acting():
        services.leave(admission=waiting)
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.filter(pk=waiting.pk).update(state="waiting", ended_at=None)


def test_one_live_admission_for_each_person(meeting: Meeting) -> None:
    waiting = meeting.wait(meeting.ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.create(session=meeting.session, user=waiting.user)


def test_a_second_device_must_take_over(meeting: Meeting) -> None:
    first = meeting.wait(meeting.ana)
    other = second_device(meeting.ana)
    attempt = meeting.attempt(other)
    with other.acting(), pytest.raises(OnAnotherDevice):
        services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)
    connection = uuid4()
    with other.acting():
        taken = services.take_over_seat(
            attempt=attempt, connection=connection, factor_at=timezone.now()
        )
    assert taken.pk == first.pk
    assert (taken.connection, taken.sign_in) == (connection, other.sign_in)


@pytest.mark.parametrize("age", [None, timedelta(minutes=11)])
def test_taking_over_needs_a_fresh_factor(meeting: Meeting, age: timedelta | None) -> None:
    meeting.wait(meeting.ana)
    other = second_device(meeting.ana)
    shown_at = None if age is None else timezone.now() - age
    with other.acting(), pytest.raises(NeedsFreshFactor):
        services.take_over_seat(
            attempt=meeting.attempt(other), connection=uuid4(), factor_at=shown_at
        )


def test_the_same_device_comes_back_to_its_seat(meeting: Meeting) -> None:
    meeting.open_doors()
    seated = meeting.admit(meeting.wait(meeting.ana))
    with meeting.ana.acting():
        services.lose_connection(admission=seated, connection=seated.connection or uuid4())
        seated.refresh_from_db()
        assert seated.state == AdmissionState.RECONNECTING
        assert permit_of(seated.pk) is None
        back = services.arrive(
            attempt=meeting.attempt(meeting.ana), connection=uuid4(), mode=SeatMode.VIDEO
        )
    assert back is not None
    assert back.pk == seated.pk
    permit = permit_of(seated.pk)
    assert permit is not None
    assert permit.seat == 2


def test_who_stays_away_longer_than_a_minute_arrives_anew(meeting: Meeting) -> None:
    meeting.open_doors()
    seated = meeting.admit(meeting.wait(meeting.ana))
    with meeting.ana.acting():
        services.lose_connection(admission=seated, connection=seated.connection or uuid4())
    with by_itself():
        assert services.sweep_lost() == 0
        Admission.objects.filter(pk=seated.pk).update(
            heartbeat_at=timezone.now() - timedelta(seconds=61)
        )
        assert services.sweep_lost() == 1
    seated.refresh_from_db()
    assert seated.state == AdmissionState.LEFT
    with meeting.ana.acting():
        again = services.arrive(
            attempt=meeting.attempt(meeting.ana), connection=uuid4(), mode=SeatMode.VIDEO
        )
    assert again is not None
    assert again.state == AdmissionState.WAITING


def test_capacity_counts_every_seat(meeting: Meeting) -> None:
    meeting.group.capacity = 2
    meeting.group.save()
    meeting.open_doors()
    meeting.admit(meeting.wait(meeting.ana))
    waiting = meeting.wait(meeting.ben)
    with pytest.raises(RoomIsFull):
        meeting.admit(waiting)


def test_an_observer_waits_and_takes_a_seat_like_everybody(meeting: Meeting) -> None:
    cleo = one_more(meeting, CLEO, SeatRole.OBSERVER)
    meeting.open_doors()
    assert meeting.admit(meeting.wait(cleo)).seat.number == 2


def test_a_co_host_sits_down_by_role_and_cannot_be_removed_by_a_message(meeting: Meeting) -> None:
    tom = member_of(meeting.group, TOM, invited_by=meeting.thea, seat_role=SeatRole.COHOST)
    meeting.open_doors()
    attempt = meeting.answer(tom, passphrase=False)
    with tom.acting():
        own = services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)
    assert own is not None
    assert own.is_seated
    with meeting.hosting(), pytest.raises(NotAHost) as refused:
        services.return_to_waiting(session=meeting.session, admission=own.pk, by=meeting.thea.user)
    assert refused.value.code == "not_for_hosts"


def test_the_seat_number_stays_with_the_person(meeting: Meeting) -> None:
    meeting.open_doors()
    ana = meeting.admit(meeting.wait(meeting.ana))
    meeting.admit(meeting.wait(meeting.ben))
    with meeting.ana.acting():
        services.leave(admission=ana)
    assert meeting.admit(meeting.wait(meeting.ana)).seat.number == 2


def test_the_end_is_for_all_and_voids_every_answer(meeting: Meeting) -> None:
    meeting.open_doors()
    seated = meeting.admit(meeting.wait(meeting.ana))
    waiting = meeting.wait(meeting.ben)
    with meeting.hosting():
        services.end_session(session=meeting.session, by=meeting.thea.user)
    for admission in (seated, waiting):
        admission.refresh_from_db()
        assert admission.state == AdmissionState.LEFT
        assert permit_of(admission.pk) is None
    assert meeting.now().state == SessionState.ENDED
    assert not meeting.session.prejoins.filter(voided_at=None).exists()


def test_mallory_has_no_standing_at_all(meeting: Meeting) -> None:
    from sessions_app.access import standing_of

    tom = staff(TOM)
    mallory = member_of(group_of(tom, name="Morning circle"), MALLORY, invited_by=tom)
    assert standing_of(mallory.user, meeting.session.pk) is None
    assert standing_of(meeting.ana.user, meeting.session.pk) is not None
