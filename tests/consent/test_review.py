"""Those who lead are reminded once an interval to look through the rules with their group."""

from datetime import datetime, timedelta

import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from audit.context import acting_as_system
from consent import queries, services
from consent.tasks import every_minute
from tests.cast import THEA, TOM, browser_of, group_of
from tests.groups.world import World
from tests.trail import recorded

DAY = timedelta(days=1)


def groups_at(moment: datetime) -> set[str]:
    return {group.name for group in queries.groups_to_remind(moment)}


def review(world: World) -> None:
    path = reverse("consent:reviewed", args=[world.circle.pk])
    assert browser_of(world.thea).post(path).status_code == 302


def test_the_first_reminder_comes_an_interval_after_the_first_version(world: World) -> None:
    now = timezone.now()
    assert groups_at(now + 6 * DAY) == set()
    assert groups_at(now + 8 * DAY) == {"Thursday circle", "Morning circle"}


def test_a_review_or_a_reminder_moves_the_next_one(world: World) -> None:
    review(world)
    reviewed_at = queries.policy_of(world.circle).reviewed_at
    assert reviewed_at is not None
    assert "Thursday circle" not in groups_at(reviewed_at + 7 * DAY - timedelta(seconds=1))
    assert "Thursday circle" in groups_at(reviewed_at + 7 * DAY)
    with acting_as_system("tests"):
        services.remind_of_review(group=world.circle)
    assert "Thursday circle" not in groups_at(timezone.now() + 6 * DAY)
    assert "Thursday circle" in groups_at(timezone.now() + 8 * DAY)


def test_a_group_chooses_its_own_interval(world: World) -> None:
    with world.thea.acting():
        services.set_paper_policy(
            group=world.circle, reaffirm_days=None, grace_days=7, review_days=30
        )
    assert groups_at(timezone.now() + 29 * DAY) == {"Morning circle"}
    assert "Thursday circle" in groups_at(timezone.now() + 31 * DAY)


def test_a_group_without_papers_is_not_reminded(world: World) -> None:
    group_of(world.thea, name="New circle", is_published=False)
    assert "New circle" not in groups_at(timezone.now() + 100 * DAY)


def test_the_tick_sends_one_neutral_mail(world: World) -> None:
    OutgoingMail.objects.all().delete()
    every_minute()
    assert not OutgoingMail.objects.exists(), "it is too early"
    with time_machine.travel(timezone.now() + 8 * DAY, tick=False):
        for _ in range(3):
            every_minute()
    mails = {mail.recipient: mail for mail in OutgoingMail.objects.all()}
    assert sorted(mails) == [THEA.email, TOM.email]
    mail = mails[THEA.email]
    said = f"{mail.sender} {mail.subject} {mail.body}".lower().replace("/groups/", "")
    for word in ("circle", "thea", "therap", "group", "rule ", "agreement", "session"):
        assert word not in said
    assert OutgoingMail.objects.count() == len(mails), "one each"
    reminded = {entry["group"] for entry in recorded("doc.review_reminded")}
    assert reminded == {f"group:{world.circle.pk}", f"group:{world.other.pk}"}


def test_the_mark_says_who_and_when_and_ends_the_notice(world: World) -> None:
    rules = reverse("consent:rules", args=[world.circle.pk])
    schedule = reverse("sessions:schedule", args=[world.circle.pk])
    client = browser_of(world.thea)
    assert "Time to look through the rules" in client.get(rules).content.decode()
    assert "Keep a few minutes for the rules" in client.get(schedule).content.decode()
    assert "Time to look" not in browser_of(world.ana).get(rules).content.decode()
    review(world)
    assert "Time to look through the rules" not in client.get(rules).content.decode()
    assert "Keep a few minutes" not in client.get(schedule).content.decode()
    policy = queries.policy_of(world.circle)
    assert policy.reviewed_by == world.thea.user
    (entry,) = recorded("doc.reviewed")
    assert entry["actor"] == f"user:{world.thea.user.pk}"
