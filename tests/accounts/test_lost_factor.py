"""A lost factor: two different staff, a day of notice, and the owner can stop it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.errors import ApprovalRefused
from accounts.models import FactorReset, FactorResetState, User
from accounts.models.factor_resets import FACTOR_RESET_TRANSITIONS
from accounts.services.factor_resets import approve_factor_reset, complete_factor_reset
from accounts.tasks import every_minute
from audit.context import acting_as_system
from tests.accounts.browsers import Browser, account_of, code_of, enrolled, sign_in_as
from tests.accounts.mailbox import Mail
from tests.cast import ADA, ANA, BEN, MAX, THEA, Person

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[Mail]]


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


@pytest.fixture
def device(ana: User) -> Browser:
    """A browser that knows Ana's password and has no factor."""
    browser = Browser()
    browser.give_password(ana)
    return browser


@pytest.fixture
def reset(device: Browser) -> FactorReset:
    device.post("/lost-factor/")
    return FactorReset.objects.get()


def subjects(mails: Mails) -> set[str]:
    return {mail.subject for mail in mails()}


def approve(reset: FactorReset, *people: User) -> None:
    with acting_as_system("tests"):
        for person in people:
            approve_factor_reset(reset=reset, by=person)
    reset.refresh_from_db()


def test_asking_needs_the_password(ana: User) -> None:
    visitor = Browser()
    assert "Sign in first" in visitor.get("/lost-factor/").content.decode()
    visitor.post("/lost-factor/")
    assert not FactorReset.objects.exists()


def test_asking_twice_is_asking_once(device: Browser, reset: FactorReset, mails: Mails) -> None:
    device.post("/lost-factor/")
    assert FactorReset.objects.count() == 1
    assert [mail.subject for mail in mails()] == ["Help with signing in was asked for"]


def test_one_staff_member_cannot(reset: FactorReset, ana: User) -> None:
    thea = account_of(THEA)
    approve(reset, thea)
    assert reset.state == FactorResetState.REQUESTED
    with pytest.raises(ApprovalRefused):
        approve(reset, thea)
    every_minute()
    assert ana.has_factor


def test_two_staff_members_can_after_a_day(
    clock: time_machine.Traveller, ana: User, mails: Mails
) -> None:
    browser = Browser()
    browser.give_password(ana)
    browser.post("/lost-factor/")
    reset = FactorReset.objects.get()
    signed_in = Browser()
    sign_in_as(signed_in.client, ana)
    approve(reset, account_of(THEA), account_of(ADA))
    assert reset.state == FactorResetState.APPROVED
    assert "Your second step will be removed in 24 hours" in subjects(mails)
    every_minute()
    assert ana.has_factor, "the notice has to run first"
    clock.shift(timedelta(hours=24, seconds=1))
    every_minute()
    assert not ana.has_factor
    assert signed_in.get("/profile/").status_code == 302
    again = Browser()
    assert again.give_password(ana)["Location"] == "/factor/new/"
    assert "Set up a new second step" in subjects(mails)


@pytest.mark.parametrize("person", [BEN, MAX], ids=lambda person: person.role)
def test_only_therapists_and_admins_approve(reset: FactorReset, person: Person) -> None:
    with pytest.raises(ApprovalRefused):
        approve(reset, account_of(person))


def test_nobody_approves_their_own(clock: time_machine.Traveller) -> None:
    thea = enrolled(THEA)
    browser = Browser()
    browser.give_password(thea)
    browser.post("/lost-factor/")
    with pytest.raises(ApprovalRefused):
        approve(FactorReset.objects.get(), thea)


@pytest.mark.parametrize("approvals", [0, 2])
def test_showing_a_factor_stops_it(
    device: Browser, reset: FactorReset, ana: User, approvals: int
) -> None:
    approve(reset, *(account_of(person) for person in (THEA, ADA)[:approvals]))
    device.give_code(code_of(ana))
    reset.refresh_from_db()
    assert reset.state == FactorResetState.CANCELLED
    assert ana.has_factor


def test_nothing_completes_before_its_time(reset: FactorReset, ana: User) -> None:
    approve(reset, account_of(THEA), account_of(ADA))
    with acting_as_system("tests"), pytest.raises(ApprovalRefused):
        complete_factor_reset(reset=reset)
    assert ana.has_factor


def test_the_database_itself_asks_for_two(reset: FactorReset, ana: User) -> None:
    thea, ada = account_of(THEA), account_of(ADA)
    rows = FactorReset.objects.filter(pk=reset.pk)
    for forged in (
        {"state": "approved"},
        {"state": "completed", "first_approval_by": thea},
        {"first_approval_by": thea, "second_approval_by": thea},
        {"first_approval_by": thea, "second_approval_by": ana},
        {"first_approval_by": ana},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(due_at="2026-01-01T00:00Z", **forged)
    assert rows.update(
        state="approved",
        due_at="2026-01-01T00:00Z",
        first_approval_by=thea,
        second_approval_by=ada,
    )


def test_every_state_says_where_it_may_go() -> None:
    assert set(FACTOR_RESET_TRANSITIONS) == set(FactorResetState)


def test_a_lost_factor_lets_nobody_in_meanwhile(
    device: Browser, reset: FactorReset, ana: User
) -> None:
    approve(reset, account_of(THEA), account_of(ADA))
    assert device.get("/profile/")["Location"].startswith("/sign-in/code/")
    assert device.get("/factor/new/")["Location"].startswith("/sign-in/code/")
    assert "will be removed" in device.get("/sign-in/code/").content.decode()
