"""What each may see: state for the own role, in a number of queries that people do not raise."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app import services
from sessions_app.messages import encode
from sessions_app.models import Admission
from sessions_app.queries.snapshots import snapshot_for
from sessions_app.states import SeatMode
from tests.cast import CLEO, Visit
from tests.sessions_app.meeting import Meeting, one_more

SECRETS = ("Ferreira", "Okafor", "Marsh", "Lindqvist", "Elm Street", "555 0100", "@example.org")


def seen_by(meeting: Meeting, visit: Visit) -> Any:
    own = Admission.objects.filter(user=visit.user, ended_at=None).first()
    return snapshot_for(visit.user, meeting.now(), SeatMode.VIDEO, own)


def frame_for(meeting: Meeting, visit: Visit) -> str:
    return encode(seen_by(meeting, visit), 1)


def test_a_member_sees_aliases_and_never_a_name_a_place_or_a_waiting_person(
    meeting: Meeting,
) -> None:
    meeting.open_doors()
    meeting.admit(meeting.wait(meeting.ana))
    meeting.wait(meeting.ben)
    frame = frame_for(meeting, meeting.ana)
    assert "Thea" in frame
    assert '"host": null' in frame
    assert "Ben" not in frame
    assert not [secret for secret in SECRETS if secret in frame]


def test_who_waits_sees_nobody(meeting: Meeting) -> None:
    meeting.open_doors()
    meeting.admit(meeting.wait(meeting.ana))
    meeting.wait(meeting.ben)
    frame = frame_for(meeting, meeting.ben)
    assert '"seats": []' in frame
    assert "Ana" not in frame
    assert "Thea" not in frame


def test_a_host_sees_names_but_no_place(meeting: Meeting) -> None:
    meeting.open_doors()
    meeting.wait(meeting.ana)
    frame = frame_for(meeting, meeting.thea)
    assert "Ana Ferreira" in frame
    assert "Elm Street" not in frame
    assert "555 0100" not in frame


def test_the_panel_says_where_each_person_is_held(meeting: Meeting) -> None:
    meeting.open_doors()
    with meeting.ana.acting():
        prejoin = services.begin_attempt(user=meeting.ana.user, session=meeting.session)
        services.ask_for_help(prejoin=prejoin)
    meeting.answer(meeting.ben, passphrase=False)
    door = {person.alias: person for person in seen_by(meeting, meeting.thea).host.at_the_door}
    assert (door["Ana"].gate, door["Ana"].needs_help) == ("reminder", True)
    assert (door["Ben"].gate, door["Ben"].needs_help) == ("passphrase", False)
    assert not door["Ben"].can_override
    with meeting.ben.acting():
        for _ in range(3):
            services.give_passphrase(prejoin=meeting.attempt(meeting.ben).prejoin, candidate="no")
    door = {person.alias: person for person in seen_by(meeting, meeting.thea).host.at_the_door}
    assert door["Ben"].needs_help


def test_the_circle_is_in_the_same_order_for_all(meeting: Meeting) -> None:
    meeting.open_doors()
    for visit in (meeting.ben, meeting.ana):
        meeting.admit(meeting.wait(visit))
    orders = {
        tuple(seat.alias for seat in seen_by(meeting, visit).seats)
        for visit in (meeting.thea, meeting.ana, meeting.ben)
    }
    assert orders == {("Thea", "Ben", "Ana")}


def queries_for(meeting: Meeting, visit: Visit) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        seen_by(meeting, visit)
    return len(captured)


def test_more_people_make_no_more_queries(meeting: Meeting) -> None:
    meeting.open_doors()
    meeting.admit(meeting.wait(meeting.ana))
    few = queries_for(meeting, meeting.thea), queries_for(meeting, meeting.ana)
    meeting.admit(meeting.wait(meeting.ben))
    cleo = one_more(meeting, CLEO)
    attempt = meeting.answer(cleo)
    with cleo.acting():
        services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.AUDIO)
    assert (queries_for(meeting, meeting.thea), queries_for(meeting, meeting.ana)) == few
