"""Every minute: what ran out is ended, and a thief with the password does not stay unnoticed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session

from accounts.models import SignIn, User
from accounts.tasks import every_minute
from tests.accounts.browsers import Browser, account_of, code_of, enrolled
from tests.accounts.mailbox import Mail
from tests.cast import ANA, BEN

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[Mail]]
TOLD = "Your password was used without your second step"


@pytest.fixture
def ana(clock: time_machine.Traveller) -> User:
    return enrolled(ANA)


def after(clock: time_machine.Traveller, **time: int) -> None:
    clock.shift(timedelta(**time))
    every_minute()


def subjects(mails: Mails) -> list[str]:
    return [mail.subject for mail in mails()]


def test_half_a_sign_in_is_ended_and_told_once_a_day(
    clock: time_machine.Traveller, ana: User, mails: Mails
) -> None:
    for _ in range(2):
        Browser().give_password(ana)
        after(clock, minutes=11)
    assert not SignIn.objects.filter(ended_at=None).exists()
    assert subjects(mails) == [TOLD]


def test_whoever_comes_in_themselves_is_not_told(
    clock: time_machine.Traveller, ana: User, mails: Mails
) -> None:
    Browser().give_password(ana)
    owner = Browser()
    owner.give_password(ana)
    owner.give_code(code_of(ana))
    after(clock, minutes=11)
    assert subjects(mails) == []
    assert owner.live.is_open


def test_a_new_account_without_a_factor_is_not_told(
    clock: time_machine.Traveller, mails: Mails
) -> None:
    Browser().give_password(account_of(BEN))
    after(clock, minutes=11)
    assert subjects(mails) == []


def test_a_sign_in_that_nobody_ended_ends_after_a_day(
    clock: time_machine.Traveller, ana: User
) -> None:
    Browser().sign_in(ana)
    after(clock, hours=23)
    assert SignIn.objects.get().ended_at is None
    after(clock, hours=2)
    assert SignIn.objects.get().ended_at is not None
    assert not Session.objects.exists()
