"""A member's emergency card: for their therapist, for a reason, and never without a review."""

from django.test import Client

from accounts.models import Profile
from tests.audit.database import refusing_log
from tests.cast import browser_of
from tests.compliance.pages import shown_by, words
from tests.compliance.past import Past
from tests.compliance.test_desk import last_entry


def card_of_ana(past: Past) -> str:
    membership = past.visits["ana"].membership
    assert membership is not None
    return f"/groups/{past.circle.group.pk}/members/{membership.pk}/emergency/"


def contact_of_ana(past: Past) -> str:
    return Profile.objects.get(user=past.visits["ana"].user).emergency_contact


def test_a_therapist_opens_it_for_a_reason_and_it_closes_by_itself(past: Past) -> None:
    thea, path = browser_of(past.visits["thea"]), card_of_ana(past)
    assert contact_of_ana(past) not in words(thea.get(path))
    assert contact_of_ana(past) not in words(thea.post(path, {}))
    shown = thea.post(path, {"reason": "medical"})
    assert contact_of_ana(past) in words(shown)
    assert shown["Refresh"] == f"600; url={path}"
    assert shown["Cache-Control"] == "no-store"


def test_every_use_waits_on_the_desk_in_words(past: Past, officer: Client) -> None:
    browser_of(past.visits["thea"]).post(card_of_ana(past), {"reason": "medical"})
    said = last_entry("breakglass.opened")
    assert said["subject"] == str(past["ana"].user.ref)
    (line,) = shown_by(officer.get("/desk/reviews/"))["uses"]
    assert line.sentence == (
        "Thea (therapist) opened the emergency card of Ana (member), reason: a medical emergency"
    )
    officer.post(f"/desk/uses/{line.entry.id}/", {"finding": "fine"})
    assert shown_by(officer.get("/desk/reviews/"))["uses"] == []


def test_nobody_else_opens_it(past: Past) -> None:
    path = card_of_ana(past)
    for name in ("ana", "ben", "tom", "max", "ada"):
        answer = browser_of(past.visits[name]).post(path, {"reason": "medical"})
        assert answer.status_code == 404, name
        assert contact_of_ana(past) not in answer.content.decode()


def test_without_its_entry_it_stays_closed(past: Past) -> None:
    with refusing_log():
        refused = browser_of(past.visits["thea"]).post(card_of_ana(past), {"reason": "safety"})
    assert refused.status_code == 503
    assert contact_of_ana(past) not in refused.content.decode()
