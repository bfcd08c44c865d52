"""Requests about one's own record: who may ask, answer and read, and that the history stays."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.mail import newest_files
from compliance.errors import OwnRequest, RequestClosed, TooManyRequests
from compliance.models import PrivacyRequest, RequestStep
from compliance.queries.requests import open_requests
from compliance.rights import REQUEST_STEPS, RIGHTS
from compliance.services.requests import (
    MOST_OPEN,
    answer_request,
    extend_request,
    make_request,
    withdraw_request,
)
from compliance.states import RequestKind, RequestOutcome, RequestState
from tests.cast import ANA, BEN, MAX, Visit, browser_of
from tests.compliance.pages import shown_by, words
from tests.compliance.past import Past
from tests.compliance.test_desk import last_entry

SAID = "My telephone number is wrong"
ANSWER = "It is corrected."


def ask(visit: Visit, past: Past, kind: RequestKind = RequestKind.CORRECTION) -> PrivacyRequest:
    with visit.acting():
        return make_request(by=visit.user, program=past.circle.group.program, kind=kind, text=SAID)


@pytest.fixture
def asked(past: Past) -> PrivacyRequest:
    return ask(past.visits["ana"], past)


def answer(client: Client, asked: PrivacyRequest, outcome: str, comment: str = ANSWER) -> str:
    told = {"outcome": outcome, "comment": comment}
    return words(client.post(f"/desk/requests/{asked.pk}/", told, follow=True))


def test_a_person_asks_and_the_officers_are_told_that_something_waits(past: Past) -> None:
    ana = browser_of(past.visits["ana"])
    told = {"kind": "correction", "text": SAID}
    shown = words(ana.post("/privacy/requests/new/", told, follow=True))
    assert "Your request is received" in shown
    assert SAID in shown
    made = PrivacyRequest.objects.get()
    assert made.state == RequestState.RECEIVED
    assert made.due_at - made.asked_at == timedelta(days=60)
    said = last_entry("rights.requested")
    assert (said["object"], said["subject"]) == (str(made.ref), str(past["ana"].user.ref))
    assert said["reason"] == "correction"
    assert SAID not in str(said)
    (mail,) = [text for path in newest_files(3) if MAX.email in (text := path.read_text())]
    assert SAID not in mail
    assert ANA.alias not in mail


def test_a_correction_needs_words_and_a_copy_does_not(past: Past) -> None:
    ana = browser_of(past.visits["ana"])
    refused = words(ana.post("/privacy/requests/new/", {"kind": "correction", "text": " "}))
    assert "Write what it is about" in refused
    assert not PrivacyRequest.objects.exists()
    ana.post("/privacy/requests/new/", {"kind": "copy", "text": ""})
    assert PrivacyRequest.objects.get().kind == RequestKind.COPY


def test_so_many_wait_and_no_more(past: Past) -> None:
    requests = [ask(past.visits["ana"], past) for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyRequests):
        ask(past.visits["ana"], past)
    with past.visits["ana"].acting():
        withdraw_request(request=requests[0])
    ask(past.visits["ana"], past)


def test_only_the_person_and_the_own_programmes_officers_read_it(
    past: Past, officer: Client, asked: PrivacyRequest
) -> None:
    own = f"/privacy/requests/{asked.pk}/"
    assert SAID in words(browser_of(past.visits["ana"]).get(own))
    for other in ("ben", "thea", "max"):
        assert browser_of(past.visits[other]).get(own).status_code == 404
    desk = f"/desk/requests/{asked.pk}/"
    assert SAID in words(officer.get(desk))
    for other in ("ana", "ben", "thea", "ada"):
        assert browser_of(past.visits[other]).get(desk).status_code == 404


def test_an_officer_answers_and_both_sides_see_it(
    past: Past, officer: Client, asked: PrivacyRequest
) -> None:
    assert "Ana (member)" in words(officer.get("/desk/requests/"))
    assert "Kept." in answer(officer, asked, "done")
    asked.refresh_from_db()
    assert (asked.state, asked.outcome) == (RequestState.ANSWERED, RequestOutcome.DONE)
    said = last_entry("rights.answered")
    assert (said["subject"], said["reason"]) == (str(past["ana"].user.ref), "done")
    assert ANSWER not in str(said)
    for client, path in (
        (browser_of(past.visits["ana"]), f"/privacy/requests/{asked.pk}/"),
        (officer, f"/desk/requests/{asked.pk}/"),
    ):
        shown = words(client.get(path))
        assert ANSWER in shown
        assert "Done as asked" in shown
    mails = [path.read_text() for path in newest_files(3)]
    (mail,) = [text for text in mails if "There is an answer for you" in text]
    assert ANA.email in mail
    assert ANSWER not in mail


def test_a_refusal_says_how_to_complain(past: Past, officer: Client, asked: PrivacyRequest) -> None:
    answer(officer, asked, "refused", "The note is right as it is.")
    shown = words(browser_of(past.visits["ana"]).get(f"/privacy/requests/{asked.pk}/"))
    assert "Office for Civil Rights" in shown
    assert "The note is right as it is." in shown


def test_nothing_is_answered_without_words(
    past: Past, officer: Client, asked: PrivacyRequest
) -> None:
    assert "Write what the person should know" in answer(officer, asked, "done", "")
    asked.refresh_from_db()
    assert asked.state == RequestState.RECEIVED


def test_more_time_is_taken_once(past: Past, officer: Client, asked: PrivacyRequest) -> None:
    answer(officer, asked, "more_time", "The archive is slow.")
    due = asked.due_at
    asked.refresh_from_db()
    assert asked.state == RequestState.EXTENDED
    assert asked.due_at == due + timedelta(days=30)
    assert "more days" not in words(officer.get(f"/desk/requests/{asked.pk}/"))
    with past.visits["max"].acting(), pytest.raises(RequestClosed):
        extend_request(request=asked, by=past.visits["max"].user, comment="Again.")
    assert "Kept." in answer(officer, asked, "partly")


def test_nobody_answers_what_they_asked_themselves(past: Past, officer: Client) -> None:
    own = ask(past.visits["max"], past)
    assert "Another compliance officer answers it" in words(
        officer.get(f"/desk/requests/{own.pk}/")
    )
    assert "Another compliance officer has to answer" in answer(officer, own, "done")
    for act in (extend_request, answer_request):
        extra = {"outcome": RequestOutcome.DONE} if act is answer_request else {}
        with past.visits["max"].acting(), pytest.raises(OwnRequest):
            act(request=own, by=past.visits["max"].user, comment=ANSWER, **extra)
    own.refresh_from_db()
    assert own.state == RequestState.RECEIVED


def test_a_request_is_taken_back_by_its_person_and_by_nobody_else(
    past: Past, asked: PrivacyRequest
) -> None:
    path = f"/privacy/requests/{asked.pk}/withdraw/"
    assert browser_of(past.visits["ben"]).post(path).status_code == 404
    assert PrivacyRequest.objects.get().state == RequestState.RECEIVED
    browser_of(past.visits["ana"]).post(path)
    assert PrivacyRequest.objects.get().state == RequestState.WITHDRAWN
    assert last_entry("rights.withdrawn")["object"] == str(asked.ref)


def test_what_was_asked_and_answered_stays(asked: PrivacyRequest, officer: Client) -> None:
    answer(officer, asked, "done")
    for change in (
        "UPDATE compliance_privacyrequest SET state = 'received', outcome = ''",
        "UPDATE compliance_privacyrequest SET kind = 'copy'",
        "UPDATE compliance_privacyrequest SET text = ''::bytea",
        "UPDATE compliance_requeststep SET comment = ''::bytea",
        "UPDATE compliance_requeststep SET state = 'withdrawn'",
        "DELETE FROM compliance_requeststep",
        "DELETE FROM compliance_privacyrequest",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert RequestStep.objects.get().comment == ANSWER


def test_an_overdue_request_is_marked_on_both_sides(
    past: Past, officer: Client, asked: PrivacyRequest
) -> None:
    page = f"/privacy/requests/{asked.pk}/"
    ana = browser_of(past.visits["ana"])
    assert "Overdue" not in words(ana.get(page))
    PrivacyRequest.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert "Overdue" in words(ana.get(page))
    assert "Overdue" in words(officer.get("/desk/requests/"))
    assert shown_by(officer.get("/desk/"))["desk"].requests == list(
        open_requests(past.circle.group.program)
    )


def test_another_members_request_is_not_on_the_own_page(past: Past, asked: PrivacyRequest) -> None:
    assert str(asked.pk) in browser_of(past.visits["ana"]).get("/privacy/").content.decode()
    assert str(asked.pk) not in browser_of(past.visits["ben"]).get("/privacy/").content.decode()
    assert BEN.alias


@given(st.lists(st.sampled_from(list(RequestState)), max_size=6))
def test_the_table_of_steps_ends(states: list[RequestState]) -> None:
    """However the steps are tried, at most two are taken and an end is final."""
    state, taken = RequestState.RECEIVED, 0
    for wanted in states:
        if wanted in REQUEST_STEPS[state]:
            state, taken = wanted, taken + 1
    assert taken <= 2
    assert (not REQUEST_STEPS[state]) == (state in (RequestState.ANSWERED, RequestState.WITHDRAWN))


def test_every_kind_has_its_days_and_its_words() -> None:
    assert set(RIGHTS) == set(RequestKind)
    assert RIGHTS[RequestKind.COPY].within == timedelta(days=30)
    assert RIGHTS[RequestKind.DISCLOSURES].within == timedelta(days=60)
