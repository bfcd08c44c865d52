"""Whole requests against a log that refuses: nothing is shown, nothing is changed."""

import json
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from pytest_django import Settings

from accounts.models import Profile, User
from audit.middleware import DEVICE
from tests.accounts.browsers import enrolled, sign_in_as
from tests.audit.database import refusing_log, rows
from tests.cast import ANA

pytestmark = pytest.mark.usefixtures("log")

PROFILE = "/profile/"
FAIL_AT_COMMIT = """
CREATE FUNCTION audit.fail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON audit.outbox
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.fail();
"""


@pytest.fixture
def ana(log: None) -> User:
    return enrolled(ANA)


@pytest.fixture
def client(ana: User) -> Client:
    client = Client()
    sign_in_as(client, ana)
    return client


def said(act: str) -> list[dict[str, Any]]:
    found = rows("SELECT body FROM audit.recorded WHERE act = %s ORDER BY recorded_at", act)
    return [json.loads(bytes(body)) for (body,) in found]


def call_back_of(user: User) -> str:
    return Profile.objects.get(user=user).call_back


def change(client: Client) -> Any:
    told = {"true_name": ANA.true_name, "call_back": "+1 555 0100", "language": "en"}
    return client.post(PROFILE, told)


def test_a_page_is_shown_once_its_entry_is_committed(client: Client) -> None:
    shown = client.get(PROFILE)
    assert shown.status_code == 200
    assert ANA.true_name in shown.content.decode()
    assert len(said("profile.viewed")) == 1


def test_a_page_whose_entry_is_refused_is_not_shown(client: Client) -> None:
    with refusing_log():
        refused = client.get(PROFILE)
    assert refused.status_code == 503
    assert ANA.true_name not in refused.content.decode()
    assert "Nothing was shown or changed" in refused.content.decode()
    assert said("profile.viewed") == []


def test_a_page_whose_entry_is_lost_at_commit_is_not_shown(client: Client) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(FAIL_AT_COMMIT)
    refused = client.get(PROFILE)
    assert refused.status_code == 503
    assert ANA.true_name not in refused.content.decode()


def test_a_change_whose_entry_is_refused_is_undone(client: Client, ana: User) -> None:
    with refusing_log():
        refused = change(client)
    assert refused.status_code == 503
    assert call_back_of(ana) == ""
    assert change(client).status_code == 302
    assert call_back_of(ana) == "+1 555 0100"
    assert len(said("profile.saved")) == 1


def test_a_refused_person_is_refused_and_recorded(client: Client, ana: User) -> None:
    assert client.get("/desk/").status_code == 404
    (entry,) = said("auth.access.refused")
    assert (entry["actor"], entry["outcome"]) == (str(ana.ref), "denied")


def test_the_entry_says_from_where_and_with_what_strength(
    client: Client, ana: User, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    client.get(PROFILE, REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.5")
    (entry,) = said("profile.viewed")
    assert entry["actor"] == str(ana.ref)
    assert entry["actor_role"] == "participant"
    assert entry["auth"] == "password+totp"
    assert entry["address"] == "203.0.113.5"


def test_a_browser_keeps_its_random_name_and_each_request_has_its_own(client: Client) -> None:
    first = client.get(PROFILE)
    client.get(PROFILE)
    one, two = said("profile.viewed")
    cookie = first.cookies["device"]
    assert one["device"] == two["device"] == cookie.value
    assert one["request"] != two["request"]
    assert DEVICE.fullmatch(cookie.value)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_name_that_we_did_not_give_is_replaced(client: Client) -> None:
    forged = ["short", "x" * 23, "ana@example.org-------", "a" * 5000]
    for name in forged:
        client.cookies["device"] = name
        client.get(PROFILE)
    given = [entry["device"] for entry in said("profile.viewed")]
    assert len(given) == len(forged)
    assert not set(given) & set(forged)
    assert all(DEVICE.fullmatch(name) for name in given)
