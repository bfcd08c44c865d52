"""The audit desk: who may open it, what it shows, and that opening it is an entry."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.context import acting_as
from audit.events import Ref
from audit.services import record
from compliance.queries.explorer import PAGE_SIZE
from groups.models import Affiliation
from tests.accounts.browsers import account_of, enrolled, sign_in_as
from tests.audit.database import refusing_log, rows
from tests.audit.events import Made, Other, Refused
from tests.cast import ADA, ANA, MAX, THEA, programme

DESK = "/desk/log/"


@pytest.fixture
def max_(committed_db: str) -> User:
    """Max the compliance officer, in a database whose commits the reader's role can see."""
    return affiliated(enrolled(MAX))


@pytest.fixture
def desk(max_: User) -> Client:
    """Max's browser with a fresh factor."""
    client = Client()
    sign_in_as(client, max_)
    return client


def affiliated(officer: User) -> User:
    Affiliation.objects.create(user=officer, program=programme())
    return officer


def words(response: Any) -> str:
    """The page as read: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def recorded_by(user: User, *events: Any) -> None:
    with acting_as(user.ref, user.role, auth_strength="passkey"), transaction.atomic():
        for event in events:
            record(event)


def shown_by(response: Any) -> Any:
    """The template's context; the test client does not type it."""
    return response.context_data


def last_entry(act: str) -> dict[str, Any]:
    found = rows(
        "SELECT body FROM audit.recorded WHERE act = %s ORDER BY recorded_at DESC LIMIT 1", act
    )
    said: dict[str, Any] = json.loads(bytes(found[0][0]))
    return said


def test_the_officer_reads_who_did_what(desk: Client) -> None:
    ana = account_of(ANA)
    recorded_by(ana, Made())
    shown = desk.get(DESK)
    assert shown.status_code == 200
    assert f"Member {str(ana.pk)[:6]} made something" in words(shown)


def test_reading_is_itself_an_entry(desk: Client, max_: User) -> None:
    desk.get(DESK, {"person": str(max_.pk)})
    said = last_entry("audit.viewed")
    assert said["actor"] == said["subject"] == str(max_.ref)
    assert said["details"]["entries"] > 0
    assert "read the audit log" in words(desk.get(DESK))


def test_no_true_name_and_no_address_of_a_person_is_shown(desk: Client) -> None:
    ana = account_of(ANA)
    recorded_by(ana, Made(subject=ana.ref))
    body = desk.get(DESK).content.decode()
    for told in (*ANA.true_name.split(), ANA.email):
        assert told not in body
    assert str(ana.pk) in body


@pytest.mark.usefixtures("committed_db")
def test_every_other_role_gets_the_page_that_does_not_exist() -> None:
    for person in (ANA, THEA, ADA):
        client, user = Client(), enrolled(person)
        sign_in_as(client, user)
        refused, unknown = client.get(DESK), client.get("/nothing-here/")
        assert refused.status_code == unknown.status_code == 404
        assert refused.content == unknown.content
        entry = last_entry("auth.access.refused")
        assert (entry["actor"], entry["outcome"]) == (str(user.ref), "denied")


def test_a_visitor_is_led_to_signing_in(committed_db: str) -> None:
    assert Client().get(DESK)["Location"].startswith("/sign-in/")


def test_a_factor_shown_long_ago_is_asked_for_again(max_: User) -> None:
    client = Client()
    sign_in_as(client, max_, at=timezone.now() - timedelta(minutes=11))
    assert client.get(DESK)["Location"].startswith("/step-up/?next=%2Fdesk%2Flog%2F")
    sign_in_as(client, max_, at=timezone.now() - timedelta(minutes=9))
    assert client.get(DESK).status_code == 200


def test_without_its_own_entry_the_page_shows_nothing(desk: Client) -> None:
    recorded_by(account_of(ANA), Made())
    with refusing_log():
        refused = desk.get(DESK)
    assert refused.status_code == 503
    assert "made something" not in words(refused)
    assert "Nothing was shown or changed" in words(refused)
    assert "made something" in words(desk.get(DESK))


def test_the_list_is_narrowed_to_a_person_as_actor_and_as_the_one_concerned(desk: Client) -> None:
    ana, thea = account_of(ANA), account_of(THEA)
    recorded_by(ana, Made())
    recorded_by(thea, Other(subject=ana.ref))
    recorded_by(thea, Refused())
    shown = words(desk.get(DESK, {"person": str(ana.pk)}))
    table = shown[shown.index("When What Where") :]
    assert "made something" in table
    assert "did something else" in table
    assert "was refused" not in table


def test_the_list_is_narrowed_to_an_act_an_outcome_and_a_session(desk: Client) -> None:
    ana, session = account_of(ANA), Ref("session", uuid4())
    recorded_by(ana, Made(), Made(session=session), Refused())
    assert lines(desk, act="test.made") == 2
    assert lines(desk, outcome="denied") == 1
    assert lines(desk, session=str(session.id)) == 1
    assert lines(desk, session=str(session.id), act="test.refused") == 0


def test_a_filter_that_cannot_be_read_shows_nothing_and_says_why(desk: Client) -> None:
    recorded_by(account_of(ANA), Made())
    for told in ({"person": "ana"}, {"act": "no.such"}, {"outcome": "fine"}):
        response = desk.get(DESK, told)
        assert shown_by(response)["page"].lines == []
        assert "field__error" in response.content.decode()


def test_pages_follow_each_other_without_gap_or_repetition(desk: Client) -> None:
    ana = account_of(ANA)
    recorded_by(ana, *(Made() for _ in range(PAGE_SIZE + 7)))
    first = desk.get(DESK, {"act": "test.made"})
    recorded_by(ana, Made())
    second = desk.get(DESK + shown_by(first)["earlier_query"])
    seen = [line.entry.id for page in (first, second) for line in shown_by(page)["page"].lines]
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 7
    assert shown_by(second)["earlier_query"] == ""


def test_a_position_that_nobody_made_begins_at_the_newest(desk: Client) -> None:
    for before in ("nonsense", "2026-01-01_x", "2026-01-01T00:00:00_" + "0" * 32):
        assert lines(desk, before=before) > 0


def test_the_number_of_queries_does_not_grow_with_the_entries(desk: Client) -> None:
    counted = []
    for person in (ANA, THEA, ADA):
        recorded_by(account_of(person), Made())
        with QueryCount() as queries:
            desk.get(DESK, {"act": "test.made"})
        counted.append(queries.number)
    assert counted[0] == counted[1] == counted[2]


def test_words_of_a_person_are_escaped(desk: Client) -> None:
    recorded_by(account_of(ANA), Made(object=Ref("thing", "<script>alert(1)</script>")))
    assert "<script>alert" not in desk.get(DESK).content.decode()


def lines(desk: Client, **told: str) -> int:
    return len(shown_by(desk.get(DESK, told))["page"].lines)


class QueryCount:
    """All queries on all connections."""

    number = 0

    def __enter__(self) -> "QueryCount":
        for alias in connections:
            connections[alias].force_debug_cursor = True
            connections[alias].queries_log.clear()
        return self

    def __exit__(self, *_: object) -> None:
        for alias in connections:
            self.number += len(connections[alias].queries_log)
            connections[alias].force_debug_cursor = False
