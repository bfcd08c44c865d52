"""My privacy: one's own rows, who opened them, and a copy to take along."""

import json
from typing import Any

from django.test import Client

from accounts.access import STEP_UP_FOR_VIEWS
from accounts.models import SignIn
from config.development import month
from consent.models import Question, Signature
from consent.services import ask_question
from tests.accounts.browsers import sign_in_as
from tests.audit.database import refusing_log
from tests.cast import ANA, BEN, CLEO, THEA, browser_of
from tests.compliance.pages import words
from tests.compliance.past import Past, days_ago
from tests.compliance.test_desk import last_entry
from tests.matrix.world import been_there, open_session


def page_of(past: Past, name: str) -> Any:
    return browser_of(past.visits[name]).get("/privacy/")


def test_the_page_shows_ones_own_rows_and_is_an_entry(past: Past) -> None:
    shown = page_of(past, "ana")
    assert shown.status_code == 200
    assert "you are Ana (" in words(shown)
    assert "Agreement on confidentiality, version 1" in words(shown)
    signature = Signature.objects.get(user=past["ana"].user)
    others = Signature.objects.get(user=past["ben"].user)
    assert f"/papers/signed/{signature.pk}/copy/" in shown.content.decode()
    assert str(others.pk) not in shown.content.decode()
    assert BEN.alias not in words(shown)
    said = last_entry("privacy.viewed")
    assert said["subject"] == said["actor"] == str(past["ana"].user.ref)


def test_staff_who_opened_the_record_are_named_with_their_reason(past: Past) -> None:
    thea, ana = past["thea"], past["ana"]
    past.happened(month.a_night_of_reading(thea, ana, past.circle.group.ref, days_ago(3, 1)))
    path = f"/groups/{past.circle.group.pk}/"
    member = past.visits["ana"].membership
    assert member is not None
    host = browser_of(past.visits["thea"])
    host.get(path)
    host.get(f"{path}papers/")
    host.post(f"{path}members/{member.pk}/emergency/", {"reason": "medical"})
    shown = words(browser_of(past.visits["ana"]).get("/privacy/readers/"))
    for told in (
        f"{THEA.true_name}, therapist opened your page in a group",
        f"{THEA.true_name}, therapist opened a group's list of full names",
        f"{THEA.true_name}, therapist opened the list of who signed which papers",
        f"{THEA.true_name}, therapist opened your emergency card, reason: a medical emergency",
    ):
        assert told in shown
    assert "4 times that day" in shown
    assert last_entry("privacy.readers_viewed")["subject"] == str(ana.user.ref)


def test_what_was_read_about_somebody_else_is_not_listed(past: Past) -> None:
    past.happened(
        month.a_night_of_reading(past["tom"], past["cleo"], past.other.group.ref, days_ago(3))
    )
    assert "opened your page" in words(page_of(past, "cleo"))
    assert "opened your page" not in words(page_of(past, "ana"))


def test_other_members_and_own_visits_are_not_named_as_readers(past: Past) -> None:
    """A peer whose act concerned Ana, were there one, would be a role and not a name."""
    past.happened(month.a_night_of_reading(past["ben"], past["ana"], None, days_ago(3)))  # type: ignore[arg-type]  # no group
    browser_of(past.visits["ana"]).get(f"/groups/{past.circle.group.pk}/me/")
    shown = words(browser_of(past.visits["ana"]).get("/privacy/readers/"))
    assert "Member opened your page" in shown
    assert BEN.true_name not in shown
    assert BEN.alias not in shown
    assert ANA.true_name not in shown


def test_older_readings_are_found_by_looking_further_back(past: Past) -> None:
    past.happened(
        month.a_night_of_reading(past["thea"], past["ana"], past.circle.group.ref, days_ago(300))
    )
    ana = browser_of(past.visits["ana"])
    assert "Nobody else opened your record" in words(ana.get("/privacy/readers/"))
    assert "opened your page" in words(ana.get("/privacy/readers/?all=1"))


def test_another_device_is_signed_out_from_here_and_one_comes_back(past: Past) -> None:
    ana = past.visits["ana"]
    here = browser_of(ana)
    elsewhere = Client()
    sign_in_as(elsewhere, ana.user)
    other = SignIn.objects.filter(user=ana.user).exclude(pk=ana.sign_in.pk).latest("created_at")
    told = {"next": "/privacy/"}
    answer = here.post(f"/security/sign-ins/{other.pk}/end/", told)
    assert answer["Location"] == "/privacy/"
    other.refresh_from_db()
    assert other.ended_at is not None
    assert elsewhere.get("/privacy/").status_code == 302
    assert here.get("/privacy/").status_code == 200
    away = here.post("/security/sign-ins/end-others/", {"next": "https://elsewhere.example/"})
    assert away["Location"] == "/security/"


def test_the_copy_holds_everything_of_ones_own_and_nothing_of_others(past: Past) -> None:
    ana, ben = past.visits["ana"], past.visits["ben"]
    session = open_session(past.circle.group, past.visits["thea"])
    been_there(session, ana)
    been_there(session, ben)
    version = Signature.objects.filter(user=ana.user).get().version
    for visit, text in ((ana, "May I tell my sister?"), (ben, "May I tell my boss?")):
        with visit.acting():
            ask_question(version=version, by=visit.user, text=text)
    file = browser_of(ana).post("/privacy/export/")
    assert file["Content-Type"] == "application/json"
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "no-store"
    told = json.loads(file.content)
    assert told["format"] == "quietroom-own-data/1"
    assert told["account"]["email"] == ANA.email
    assert told["profile"]["true_name"] == ANA.true_name
    assert [one["name_in_group"] for one in told["groups"]] == ["Ana"]
    assert told["papers"][0]["printed_name"] == ANA.true_name
    assert told["papers"][0]["ticked"]
    assert told["questions"][0]["question"] == "May I tell my sister?"
    assert told["answers_before_sessions"][0]["location"] == "12 Elm Street"
    text = file.content.decode()
    for other in (BEN, CLEO):
        assert other.email not in text
        assert other.true_name not in text
    assert "my boss" not in text
    assert Question.objects.count() == 2
    assert last_entry("privacy.exported")["subject"] == str(ana.user.ref)


def test_the_copy_asks_for_a_fresh_factor_and_leaves_nothing_when_the_log_refuses(
    past: Past,
) -> None:
    ana = past.visits["ana"]
    with refusing_log():
        refused = browser_of(ana).post("/privacy/export/")
    assert refused.status_code == 503
    assert ANA.email not in refused.content.decode()
    SignIn.objects.filter(pk=ana.sign_in.pk).update(
        factor_at=ana.sign_in.created_at - 2 * STEP_UP_FOR_VIEWS, stepped_up_at=None
    )
    asked = browser_of(ana).post("/privacy/export/", {"next": "/privacy/"})
    assert asked["Location"].startswith("/step-up/")
