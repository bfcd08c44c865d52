"""The pages on the way in: in order, none to skip ahead to, and always a way on."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from groups.models import Group
from groups.services import set_passphrase
from sessions_app import services
from sessions_app.models import PreJoin, Session
from sessions_app.states import SessionState
from tests.cast import ADA, MAX, TOM, browser_of, group_of, staff
from tests.sessions_app.log import acts_so_far
from tests.sessions_app.meeting import PASSPHRASE, Meeting

SPACE = {"alone": "on", "unseen": "on", "still": "on"}
WHERE = {"location": "12 Elm Street", "call_back": "555 0100"}


class Way:
    """One browser on its way into one session."""

    def __init__(self, client: Client, meeting: Meeting) -> None:
        self.client = client
        self.root = f"/session/{meeting.session.pk}/"

    def enter(self) -> str:
        """Where the one link of the session leads now."""
        response = self.client.get(self.root)
        return str(response["Location"]).removeprefix(self.root)

    def show(self, page: str) -> Any:
        return self.client.get(self.root + page)

    def answer(self, page: str, **answers: str) -> HttpResponse:
        response: Any = self.client.post(self.root + page, answers)
        return response  # type: ignore[no-any-return]  # the stubs' own type for test answers


@pytest.fixture
def way(meeting: Meeting) -> Way:
    return Way(browser_of(meeting.ana), meeting)


def test_the_one_link_leads_through_every_page_to_the_room(way: Way) -> None:
    seen = []
    for page, answers in [
        ("reminder/", {"agreed": "on"}),
        ("space/", SPACE),
        ("where/", WHERE),
        ("devices/", {"mode": "video"}),
        ("passphrase/", {"passphrase": PASSPHRASE.upper()}),
    ]:
        seen.append(way.enter())
        assert way.show(page).status_code == 200
        assert way.answer(page, **answers).status_code == 302
    assert seen == ["reminder/", "space/", "where/", "devices/", "passphrase/"]
    assert way.enter() == "room/"
    room = way.show("room/")
    assert room.status_code == 200
    assert b"<qr-room" in room.content


@pytest.mark.parametrize("page", ["space/", "where/", "devices/", "passphrase/", "room/"])
def test_nobody_skips_ahead(way: Way, page: str) -> None:
    way.enter()
    response = way.show(page)
    assert response.status_code == 302
    assert way.answer(page, **SPACE, **WHERE, mode="video").status_code in (302, 405)
    assert way.enter() == "reminder/"


def test_a_page_that_is_behind_leads_on(way: Way) -> None:
    way.enter()
    way.answer("reminder/", agreed="on")
    assert way.show("reminder/")["Location"] == way.root
    assert way.enter() == "space/"


def test_an_unticked_reminder_stays_and_says_so(way: Way) -> None:
    way.enter()
    assert way.answer("reminder/").status_code == 200
    assert way.enter() == "reminder/"


@pytest.mark.parametrize("missing", ["alone", "unseen", "still"])
def test_a_missing_required_item_stays_and_offers_another_way(way: Way, missing: str) -> None:
    way.enter()
    way.answer("reminder/", agreed="on")
    answers = {name: value for name, value in SPACE.items() if name != missing}
    response = way.answer("space/", **answers)
    assert response.status_code == 200
    assert b"I have no private space today" in response.content


@pytest.mark.parametrize("mode", ["audio", "text"])
def test_without_a_private_space_there_is_a_way_on(way: Way, mode: str) -> None:
    way.enter()
    way.answer("reminder/", agreed="on")
    assert b"Talk to my therapist" in way.show("space/none/").content
    way.answer("space/none/", mode=mode)
    assert way.enter() == "where/"
    prejoin = PreJoin.objects.get()
    assert prejoin.mode == mode
    assert not prejoin.says_private
    way.answer("where/", **WHERE)
    assert b'value="video"' not in way.show("devices/").content


def test_asking_for_help_is_shown_to_the_therapist_and_never_a_dead_end(
    way: Way, meeting: Meeting
) -> None:
    way.enter()
    assert way.answer("ask/").status_code == 302
    assert PreJoin.objects.get().help_asked_at is not None
    way.answer("ask/")
    assert acts_so_far().count("help.asked") == 1


def test_where_i_was_last_time_is_offered_without_showing_it(way: Way, meeting: Meeting) -> None:
    earlier = meeting.answer(meeting.ana).prejoin
    earlier.voided_at, earlier.void_reason = timezone.now(), "left"
    earlier.save()
    way.enter()
    way.answer("reminder/", agreed="on")
    way.answer("space/", **SPACE)
    page = way.show("where/")
    assert b"last time" in page.content
    assert b"12 Elm Street" not in page.content
    way.answer("where/", same="on")
    now = PreJoin.objects.get(voided_at=None)
    assert (now.location, now.call_back) == ("12 Elm Street", "555 0100")


def test_no_location_stays_and_offers_to_ask(way: Way) -> None:
    way.enter()
    way.answer("reminder/", agreed="on")
    way.answer("space/", **SPACE)
    response = way.answer("where/", location="", call_back="")
    assert response.status_code == 200
    assert b"Talk to my therapist" in response.content


def at_passphrase(way: Way) -> None:
    way.enter()
    way.answer("reminder/", agreed="on")
    way.answer("space/", **SPACE)
    way.answer("where/", **WHERE)
    way.answer("devices/", mode="audio")


def test_a_wrong_passphrase_says_how_many_tries_are_left(way: Way) -> None:
    at_passphrase(way)
    assert b"5 attempts left" in way.show("passphrase/").content
    response = way.answer("passphrase/", passphrase="wrong")
    assert b"4 attempts left" in response.content
    assert b"wrong" not in response.content.replace(b"field--wrong", b"")
    for _ in range(4):
        response = way.answer("passphrase/", passphrase="wrong")
    assert b"Wait a minute" in response.content
    assert b"not locked" in response.content
    assert way.client.get("/").status_code == 200


def test_a_group_without_a_passphrase_asks_for_none(way: Way, meeting: Meeting) -> None:
    Group.objects.filter(pk=meeting.group.pk).update(passphrase_hash="", passphrase_rotated_at=None)
    at_passphrase(way)
    assert way.enter() == "room/"
    assert b"Passphrase" not in way.show("devices/").content


def test_a_rotated_passphrase_begins_anew(way: Way, meeting: Meeting) -> None:
    at_passphrase(way)
    with meeting.hosting():
        set_passphrase(group=meeting.group, passphrase="quite-another-sentence-now")
    assert way.enter() == "reminder/"


@pytest.mark.parametrize(
    ("shift", "words"), [(timedelta(hours=2), b"Not open yet"), (timedelta(hours=-3), b"is over")]
)
def test_outside_the_window_a_page_says_when(
    way: Way, meeting: Meeting, shift: timedelta, words: bytes
) -> None:
    opens_at = timezone.now() + shift
    Session.objects.filter(pk=meeting.session.pk).update(
        opens_at=opens_at, closes_at=opens_at + timedelta(hours=1)
    )
    assert way.enter() == "closed/"
    assert words in way.show("closed/").content
    assert not PreJoin.objects.exists()


def test_unsigned_papers_lead_to_the_paper_and_back(way: Way, meeting: Meeting) -> None:
    meeting.publish_new_agreement()
    location = way.enter()
    assert location.startswith("/papers/")
    assert location.endswith(f"?next=%2Fsession%2F{meeting.session.pk}%2F")


def test_the_page_after_says_what_was_kept(way: Way, meeting: Meeting) -> None:
    waiting = meeting.wait(meeting.ana)
    with meeting.ana.acting():
        services.leave(admission=waiting)
    page = way.show("left/")
    assert b"No recording was made" in page.content
    assert b"Come back" in page.content


def test_today_shows_each_role_its_next_thing(meeting: Meeting) -> None:
    tom = staff(TOM)
    group_of(tom, name="Morning circle")
    pages = {
        visit.person.name: browser_of(visit).get("/").content
        for visit in (meeting.ana, meeting.thea, tom, staff(MAX), staff(ADA))
    }
    assert b"Join" in pages["ana"]
    assert b"Prepare and open the doors" in pages["thea"]
    assert b"No session is planned" in pages["tom"]
    assert b"The desk" in pages["max"]
    assert b"People" in pages["ada"]
    assert b"Thursday circle" not in pages["tom"] + pages["max"]


def test_a_host_plans_a_session_in_the_groups_own_time(meeting: Meeting) -> None:
    client = browser_of(meeting.thea)
    day = (timezone.now() + timedelta(days=30)).date()
    response = client.post(
        f"/groups/{meeting.group.pk}/sessions/new/",
        {"day": day.isoformat(), "opens": "18:30", "closes": "20:00"},
    )
    assert response.status_code == 302
    planned = Session.objects.latest("opens_at")
    assert planned.opens_at.astimezone(planned.zone).strftime("%H:%M") == "18:30"
    assert planned.closes_at - planned.opens_at == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"opens": "10:00", "closes": "15:00"}, b"four hours"),
        ({"opens": "10:00", "closes": ""}, b"required"),
    ],
)
def test_an_impossible_plan_says_what_is_wrong(
    meeting: Meeting, times: dict[str, str], words: bytes
) -> None:
    day = (timezone.now() + timedelta(days=30)).date()
    response = browser_of(meeting.thea).post(
        f"/groups/{meeting.group.pk}/sessions/new/", {"day": day.isoformat(), **times}
    )
    assert response.status_code == 200
    assert words in response.content


def test_a_planned_session_can_be_cancelled_and_is_gone_for_members(
    way: Way, meeting: Meeting
) -> None:
    browser_of(meeting.thea).post(f"{way.root}cancel/")
    assert meeting.now().state == SessionState.CANCELLED
    assert way.client.get(way.root).status_code == 404


def test_titles_and_addresses_name_no_group_and_no_person(way: Way, meeting: Meeting) -> None:
    at_passphrase(way)
    for page in ("passphrase/", "devices/"):
        content = way.show(page).content.decode()
        title = content.partition("<title>")[2].partition("</title>")[0]
        assert meeting.group.name not in title
        assert "Ana" not in title
