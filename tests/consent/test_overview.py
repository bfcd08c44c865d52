"""The papers of a group on one page: who signed what, signing anew, looking through the rules."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from consent import queries
from consent.overview import is_review_due, overview_of
from consent.services import ask_everybody_again, mark_reviewed, set_paper_policy
from consent.standing import Standing
from groups.models import Group
from tests.cast import browser_of
from tests.consent.papers import answers, in_force, signature_of
from tests.groups.world import World
from tests.trail import recorded


def page(world: World) -> str:
    path = reverse("consent:overview", args=[world.circle.pk])
    return browser_of(world.thea).get(path).content.decode()


def ask_again(world: World, group: Group, *, grace_days: int) -> None:
    with world.thea.acting():
        set_paper_policy(group=group, reaffirm_days=None, grace_days=grace_days, review_days=7)
        ask_everybody_again(group=group, by=world.thea.user, reason="test")


def test_the_page_says_who_signed_what(world: World) -> None:
    rows = overview_of(world.circle).signers
    assert [row.standings for row in rows] == [(Standing.CURRENT,)] * 3
    assert "Ana Ferreira" in page(world)
    assert "Cleo Lindqvist" not in page(world)
    assert recorded("doc.signers_viewed")


def test_asking_again_makes_everybody_due_with_grace_and_expired_without(world: World) -> None:
    ask_again(world, world.circle, grace_days=7)
    assert queries.is_current(world.ana.user, world.circle)
    assert "Due again" in page(world)
    ask_again(world, world.circle, grace_days=0)
    assert not queries.is_current(world.ana.user, world.circle)
    assert queries.is_current(world.cleo.user, world.other), "another group is not touched"
    assert "Expired" in page(world)


def test_signing_anew_opens_the_door_and_keeps_the_older_row(world: World) -> None:
    version = in_force(world.circle)
    older = signature_of(world.ana, version)
    ask_again(world, world.circle, grace_days=0)
    world.ana.step_up()
    path = reverse("consent:paper", args=[version.pk])
    browser = browser_of(world.ana)
    assert "Your signature has expired" in browser.get(path).content.decode()
    browser.post(path, answers(world.ana))
    newer = signature_of(world.ana, version)
    older.refresh_from_db()
    assert newer.pk != older.pk
    assert older.state == "superseded"
    assert queries.is_current(world.ana.user, world.circle)


def test_the_policy_is_saved_and_recorded(world: World) -> None:
    path = reverse("consent:overview", args=[world.circle.pk])
    said = {"reaffirm_days": "90", "grace_days": "3", "review_days": "14"}
    assert browser_of(world.thea).post(path, said).status_code == 302
    policy = queries.policy_of(world.circle)
    assert (policy.reaffirm_days, policy.grace_days, policy.review_days) == (90, 3, 14)
    assert recorded("doc.policy_changed")
    refused = browser_of(world.thea).post(path, {**said, "grace_days": "9999"})
    assert refused.status_code == 200
    assert queries.policy_of(world.circle).grace_days == 3


def test_the_review_is_due_weekly_until_somebody_notes_it(world: World) -> None:
    assert "Time to look through the rules together" in page(world)
    with world.thea.acting():
        policy = mark_reviewed(group=world.circle, by=world.thea.user)
    assert "Time to look through" not in page(world)
    assert not is_review_due(policy, timezone.now() + timedelta(days=6))
    assert is_review_due(policy, timezone.now() + timedelta(days=7))
    (entry,) = recorded("doc.reviewed")
    assert entry["group"] == f"group:{world.circle.pk}"
