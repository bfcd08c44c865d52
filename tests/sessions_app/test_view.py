"""What a connection is told while somebody acts: the state of one moment, never half an act."""

from uuid import uuid4

from django.db import connection

from sessions_app.models import Admission
from sessions_app.services import remove_participant
from sessions_app.sockets.view import Place, view_of
from sessions_app.states import BlockScope, DecisionReason
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.races import AfterReading


def place_of(meeting: Meeting, admission: Admission) -> Place:
    assert admission.connection is not None
    return Place(
        sign_in_id=meeting.ben.sign_in.pk,
        session_id=meeting.session.pk,
        connection=admission.connection,
        admission_id=admission.pk,
    )


def remove(meeting: Meeting, admission: Admission) -> None:
    with meeting.hosting():
        remove_participant(
            session=meeting.session,
            admission=admission.pk,
            by=meeting.thea.user,
            scope=BlockScope.SESSION,
            reason=DecisionReason.DISRUPTION,
        )


def test_a_removal_during_a_reading_is_not_told_as_the_end_of_a_membership(
    committed_meeting: Meeting,
) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    ben = meeting.admit(meeting.wait(meeting.ben, uuid4()))
    place = place_of(meeting, ben)
    removal = AfterReading('FROM "sessions_app_admission"', lambda: remove(meeting, ben))
    with connection.execute_wrapper(removal):
        while_it_happens = view_of(place)
    assert removal.is_done
    assert while_it_happens.ended == ""
    assert view_of(place).ended == "removed"


def test_an_arrival_during_a_reading_is_left_to_the_next(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    place = Place(
        sign_in_id=meeting.ben.sign_in.pk, session_id=meeting.session.pk, connection=uuid4()
    )

    def arrive() -> None:
        place.admission_id = meeting.wait(meeting.ben, place.connection).pk

    arrival = AfterReading('FROM "accounts_signin"', arrive)
    with connection.execute_wrapper(arrival):
        while_it_happens = view_of(place)
    assert arrival.is_done
    assert while_it_happens.admission is None
    afterwards = view_of(place).admission
    assert afterwards is not None
    assert afterwards.pk == place.admission_id
