"""No private space today: every way leads on, and the therapist is told in the person's words."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import OutgoingMail
from groups.services import set_passphrase
from sessions_app import queries, services
from sessions_app.messages.server import PersonAtTheDoor
from sessions_app.models import DoorNote, PreJoin
from sessions_app.queries.snapshots import snapshot_for
from sessions_app.states import SeatMode
from tests.cast import MAX, browser_of, staff
from tests.sessions_app.log import acts_so_far
from tests.sessions_app.meeting import Meeting

NOTE = "My brother came home. Can I come at six?"


@pytest.fixture
def client(meeting: Meeting) -> Client:
    """Ana's, at the page for those without a private space."""
    meeting.open_doors()
    client = browser_of(meeting.ana)
    client.get(path(meeting))
    client.post(path(meeting, "reminder/"), {"agreed": "on"})
    return client


def path(meeting: Meeting, page: str = "") -> str:
    return f"/session/{meeting.session.pk}/{page}"


def seen_by_host(meeting: Meeting) -> list[PersonAtTheDoor]:
    panel = snapshot_for(
        meeting.thea.user,
        meeting.now(),
        SeatMode.VIDEO,
        queries.live_admission(meeting.thea.user, meeting.session),
    ).host
    assert panel is not None
    return panel.at_the_door


def test_the_page_offers_four_ways(client: Client, meeting: Meeting) -> None:
    page = client.get(path(meeting, "space/none/")).content.decode()
    for way in (
        "my microphone stays off",
        "without camera and microphone",
        "Talk to my therapist",
        "I come another time",
        "I found a private place",
    ):
        assert way in page


def test_a_few_words_arrive_at_the_hosts_panel_and_nowhere_else(
    client: Client, meeting: Meeting
) -> None:
    client.post(path(meeting, "ask/"), {"note": NOTE})
    (ana,) = seen_by_host(meeting)
    assert (ana.note, ana.needs_help, ana.later) == (NOTE, True, False)
    own = snapshot_for(meeting.ben.user, meeting.now(), SeatMode.VIDEO, None)
    assert own.host is None
    assert NOTE not in repr(own)


def test_newer_words_replace_older_ones_and_no_words_replace_nothing(
    client: Client, meeting: Meeting
) -> None:
    client.post(path(meeting, "ask/"), {"note": "One"})
    client.post(path(meeting, "ask/"), {"note": NOTE})
    client.post(path(meeting, "ask/"))
    assert seen_by_host(meeting)[0].note == NOTE
    assert acts_so_far().count("help.asked") == 2


def test_words_that_are_too_long_are_cut_and_not_refused(client: Client, meeting: Meeting) -> None:
    client.post(path(meeting, "ask/"), {"note": "a" * 1000})
    assert seen_by_host(meeting)[0].note == "a" * 300


def test_coming_another_time_tells_the_hosts_at_once_and_closes_nothing(
    client: Client, meeting: Meeting
) -> None:
    OutgoingMail.objects.all().delete()
    response = client.post(path(meeting, "later/"), {"note": NOTE})
    assert response["Location"] == "/"
    (ana,) = seen_by_host(meeting)
    assert (ana.note, ana.later) == (NOTE, True)
    mail = OutgoingMail.objects.get()
    assert mail.recipient == meeting.thea.user.email
    assert NOTE not in mail.body
    assert meeting.group.name not in mail.subject + mail.body + mail.sender
    client.post(path(meeting, "later/"))
    assert acts_so_far().count("later.chosen") == 1
    assert client.get(path(meeting))["Location"] == path(meeting, "space/")


def test_a_place_found_after_all_takes_the_later_back(client: Client, meeting: Meeting) -> None:
    client.post(path(meeting, "later/"))
    client.post(path(meeting, "space/"), {"alone": "on", "unseen": "on", "still": "on"})
    assert PreJoin.objects.get(user=meeting.ana.user).later_at is None
    assert not seen_by_host(meeting)[0].later


def test_whoever_wrote_and_then_waits_is_seen_with_the_words(meeting: Meeting) -> None:
    meeting.open_doors()
    attempt = meeting.answer(meeting.ana, alone=False)
    with meeting.ana.acting():
        services.ask_for_help(prejoin=attempt.prejoin, note=NOTE)
        services.arrive(
            attempt=meeting.attempt(meeting.ana), connection=uuid4(), mode=SeatMode.AUDIO
        )
    host = queries.live_admission(meeting.thea.user, meeting.session)
    panel = snapshot_for(meeting.thea.user, meeting.now(), SeatMode.VIDEO, host).host
    assert panel is not None
    assert [person.note for person in panel.waiting] == [NOTE]


def test_the_words_are_gone_with_the_attempt_and_with_the_session(meeting: Meeting) -> None:
    meeting.open_doors()
    for visit in (meeting.ana, meeting.ben):
        admission = meeting.wait(visit)
        with visit.acting():
            services.ask_for_help(prejoin=meeting.attempt(visit).prejoin, note=NOTE)
            if visit is meeting.ana:
                services.leave(admission=admission)
    assert DoorNote.objects.get().user == meeting.ben.user
    with meeting.hosting():
        services.end_session(session=meeting.now(), by=meeting.thea.user)
    assert not DoorNote.objects.exists()


def test_a_note_is_sealed_in_the_database(client: Client, meeting: Meeting) -> None:
    client.post(path(meeting, "ask/"), {"note": NOTE})
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM sessions_app_doornote")
        ((stored,),) = cursor.fetchall()
    assert NOTE.encode() not in bytes(stored)


def test_the_sign_for_the_door_says_an_hour_and_nothing_else(meeting: Meeting) -> None:
    client = browser_of(meeting.ana)
    page = client.get(path(meeting, "sign/")).content.decode()
    sign = page[page.index('class="door-sign"') : page.index("</section>")]
    assert "Private session" in sign
    assert meeting.group.name not in page
    for word in ("group", "Quietroom", "therap", meeting.ana.person.alias):
        assert word not in sign
    changed = client.get(path(meeting, "sign/") + "?until_time=17:45").content.decode()
    assert "<time>17:45</time>" in changed
    wrong = client.get(path(meeting, "sign/") + "?until_time=nonsense")
    assert wrong.status_code == 200


def test_the_sign_is_not_for_those_outside(meeting: Meeting) -> None:
    assert browser_of(meeting.ana).get(path(meeting, "sign/")).status_code == 200
    assert browser_of(staff(MAX)).get(path(meeting, "sign/")).status_code == 404


def test_a_note_does_not_outlive_a_changed_passphrase(meeting: Meeting) -> None:
    with meeting.ana.acting():
        prejoin = services.begin_attempt(user=meeting.ana.user, session=meeting.session)
        services.ask_for_help(prejoin=prejoin, note=NOTE)
    with meeting.hosting():
        set_passphrase(group=meeting.group, passphrase="another-quiet-sentence-here")
    with meeting.ana.acting():
        services.begin_attempt(user=meeting.ana.user, session=meeting.now())
    assert not DoorNote.objects.exists()
    assert timezone.now() - PreJoin.objects.latest("created_at").created_at < timedelta(minutes=5)
