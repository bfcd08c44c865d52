"""Reminders of open papers: neutral mails, one in two days each, by hand and by plan."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from accounts.models import LimitBucket
from accounts.wording import CLINICAL
from audit.context import acting_as_system
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.services import publish_version, save_draft, withdraw_signature
from consent.variables import variables_in
from groups.models import Group
from office import services
from office.models import ReminderPlan, ReminderRun
from office.reminding import people_with_open_papers
from office.tasks import every_minute
from tests.accounts.mailbox import Mail, mails_in
from tests.cast import MALLORY, Visit, member_of
from tests.consent.papers import in_force, published, signature_of
from tests.groups.world import World
from tests.trail import recorded


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MAIL_URL, settings.MAIL_DIR = "", str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def newcomer(world: World) -> Visit:
    """Somebody who has not signed yet."""
    return member_of(world.circle, MALLORY, invited_by=world.thea, has_signed=False)


def asked(world: World, group: Group | None = None) -> ReminderRun:
    with world.ada.acting():
        return services.ask_for_reminders(
            program=world.circle.program, group=group, by=world.ada.user
        )


def sent(run: ReminderRun) -> ReminderRun:
    with acting_as_system("tests"):
        return services.send_reminders(run=run)


def open_to(world: World) -> set[object]:
    return set(people_with_open_papers(world.circle.program, None))


def test_whoever_has_something_open_gets_one_neutral_mail(
    world: World,
    newcomer: Visit,
    ada: Client,
    folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(reverse("office:remind"), {"group": ""})
    (mail,) = mails_in(folder)
    assert mail.to == newcomer.user.email
    assert mail.link == "/papers/"
    run = ReminderRun.objects.get()
    assert (run.sent, run.held, run.asked_by) == (1, 0, world.ada.user)
    (entry,) = recorded("reminders.person")
    assert entry["subject"] == f"user:{newcomer.user.pk}"


def test_the_mail_names_no_group_no_paper_and_nothing_clinical(
    world: World,
    newcomer: Visit,
    folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        asked(world, world.circle)
    (mail,) = mails_in(folder)
    assert not CLINICAL.search(_said(mail))
    assert "circle" not in _said(mail)
    assert newcomer.person.true_name not in _said(mail)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", mail.body), "no id"


def _said(mail: Mail) -> str:
    return f"{mail.subject}\n{mail.body}"


def test_nobody_gets_a_second_mail_in_two_days(world: World, newcomer: Visit) -> None:
    assert (sent(asked(world)).sent, sent(asked(world)).held) == (1, 1)
    assert sent(asked(world, world.circle)).sent == 0, "another way of asking changes nothing"
    earlier = timezone.now() - timedelta(minutes=1)
    LimitBucket.objects.update(spent_until=earlier)
    assert sent(asked(world)).sent == 1


def test_a_round_is_sent_once(world: World, newcomer: Visit) -> None:
    run = asked(world)
    sent(run)
    LimitBucket.objects.all().delete()
    again = sent(run)
    assert again.sent == 1
    assert len(recorded("reminders.person")) == 1


def test_whoever_took_a_signature_back_is_left_in_peace(world: World) -> None:
    assert open_to(world) == set()
    with world.ben.acting():
        withdraw_signature(signature=signature_of(world.ben, in_force(world.circle)))
    assert open_to(world) == set()
    published(world.circle, world.thea, own_rules="Something new.")
    assert world.ana.user.pk in open_to(world)
    assert world.cleo.user.pk not in open_to(world), "her group has nothing new"


def test_a_paper_that_may_be_declined_reminds_nobody(world: World) -> None:
    kind = DocumentKind.PART2
    text = starting_text(kind)
    values = dict.fromkeys(variables_in(text), "something")
    with world.thea.acting():
        save_draft(group=world.circle, text=text, kind=kind)
        publish_version(group=world.circle, by=world.thea.user, kind=kind, values=values)
    assert open_to(world) == set()


def test_the_plan_asks_for_a_round_when_its_time_has_come(
    world: World, newcomer: Visit, ada: Client
) -> None:
    path = reverse("office:reminders")
    ada.post(path, {"every_days": "7", "sender": "Quietroom"})
    plan = ReminderPlan.objects.get()
    assert plan.next_at is not None
    assert timedelta(days=6) < plan.next_at - timezone.now() < timedelta(days=8)
    assert plan.next_at.astimezone(_zone(world)).hour == 9
    every_minute()
    assert not ReminderRun.objects.exists(), "not yet"
    ReminderPlan.objects.update(next_at=timezone.now())
    every_minute()
    run = ReminderRun.objects.get()
    assert (run.sent, run.asked_by) == (1, None)
    plan.refresh_from_db()
    assert plan.next_at is not None
    assert plan.next_at > timezone.now()
    every_minute()
    assert ReminderRun.objects.count() == 1, "the next round is a week away"
    ada.post(path, {"every_days": "", "sender": "Quietroom"})
    plan.refresh_from_db()
    assert plan.next_at is None


def _zone(world: World) -> ZoneInfo:
    return ZoneInfo(world.circle.program.timezone)


def test_the_senders_name_says_nothing_clinical(world: World, ada: Client) -> None:
    path = reverse("office:reminders")
    refused = ada.post(path, {"every_days": "", "sender": "Riverside Therapy"})
    assert "would tell others what the mail is about" in refused.content.decode()
    world.circle.program.refresh_from_db()
    assert world.circle.program.neutral_sender == "Quietroom"
    ada.post(path, {"every_days": "", "sender": "Riverside"})
    world.circle.program.refresh_from_db()
    assert world.circle.program.neutral_sender == "Riverside"
    assert len(recorded("program.sender_named")) == 1


def test_the_page_shows_the_mail_before_it_is_sent(world: World, ada: Client) -> None:
    page = ada.get(reverse("office:reminders")).content.decode()
    assert "Something waits for you in Quietroom" in page
    assert "Nobody has anything to sign." in page
