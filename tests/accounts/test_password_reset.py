"""A forgotten password: the link proves the mailbox only; the second factor stays."""

import re
from collections.abc import Callable

import pytest
import time_machine

from accounts.models import OutgoingMail, PasswordReset, User
from accounts.tasks import every_minute
from tests.accounts.browsers import PASSWORD, Browser, code_of, enrolled, sign_in_as
from tests.accounts.mailbox import Mail
from tests.cast import ANA

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "nine slow barges turn"
Mails = Callable[[], list[Mail]]


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


def ask(email: str, device: Browser | None = None) -> str:
    """The page that answers, without what differs for every request."""
    page = (device or Browser()).post("/reset/", email=email).content.decode()
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)


def test_the_link_sets_a_password_once(ana: User, mails: Mails) -> None:
    ask(ana.email)
    link = mails()[-1].link
    device = Browser()
    assert device.get(link).status_code == 200
    assert device.post(link, new=NEW_PASSWORD)["Location"] == "/sign-in/"
    assert device.post(link, new="another fine password").status_code == 410
    assert Browser().give_password(ana, NEW_PASSWORD).status_code == 302
    assert Browser().give_password(ana, PASSWORD).status_code == 200


def test_a_reset_keeps_the_second_factor_and_ends_every_sign_in(ana: User, mails: Mails) -> None:
    signed_in = Browser()
    sign_in_as(signed_in.client, ana)
    ask(ana.email)
    device = Browser()
    device.post(mails()[-1].link, new=NEW_PASSWORD)
    assert signed_in.get("/profile/").status_code == 302
    device.give_password(ana, NEW_PASSWORD)
    assert device.get("/profile/")["Location"].startswith("/sign-in/code/")
    device.give_code(code_of(ana))
    assert device.get("/profile/").status_code == 200


def test_looking_at_the_link_uses_nothing_up(ana: User, mails: Mails) -> None:
    ask(ana.email)
    link = mails()[-1].link
    for _ in range(3):
        assert Browser().get(link).status_code == 200
    assert Browser().post(link, new=NEW_PASSWORD).status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_mail(ana: User, mails: Mails) -> None:
    known, unknown = ask(ana.email), ask("nobody@example.org")
    assert known == unknown
    assert [mail.to for mail in mails()] == [ana.email]
    assert PasswordReset.objects.count() == 2


def test_a_suspended_person_gets_no_link(ana: User, mails: Mails) -> None:
    User.objects.filter(pk=ana.pk).update(suspended_at="2026-01-01T00:00Z")
    ask(ana.email)
    assert mails() == []


def test_a_link_ends_after_half_an_hour(
    clock: time_machine.Traveller, ana: User, mails: Mails
) -> None:
    ask(ana.email)
    link = mails()[-1].link
    clock.shift(31 * 60)
    assert Browser().get(link).status_code == 410
    assert Browser().post(link, new=NEW_PASSWORD).status_code == 410
    every_minute()
    assert not PasswordReset.objects.exists()


def test_a_used_link_ends_the_other_links(ana: User, mails: Mails) -> None:
    ask(ana.email)
    ask(ana.email)
    first, second = (mail.link for mail in mails())
    assert Browser().post(second, new=NEW_PASSWORD).status_code == 302
    assert Browser().post(first, new=NEW_PASSWORD).status_code == 410


def test_a_made_up_link_says_nothing(ana: User) -> None:
    response = Browser().get("/reset/made-up/")
    assert response.status_code == 410
    assert "Ask for a new one" in response.content.decode()


@pytest.mark.parametrize("email", [ANA.email, "nobody@example.org"])
def test_asking_again_and_again_is_slowed_for_everybody(
    ana: User, mails: Mails, email: str
) -> None:
    device = Browser()
    codes = [device.post("/reset/", email=email).status_code for _ in range(5)]
    assert codes == [200] * 3 + [429] * 2


def test_the_link_is_kept_as_a_digest_only(ana: User, mails: Mails) -> None:
    ask(ana.email)
    token = mails()[-1].link.split("/")[-2]
    assert len(token) >= 43
    assert not OutgoingMail.objects.exists(), "a delivered mail is forgotten"
    assert PasswordReset.objects.get().token_hash not in (None, "", token)


def test_the_owner_is_told_that_the_password_changed(ana: User, mails: Mails) -> None:
    ask(ana.email)
    Browser().post(mails()[-1].link, new=NEW_PASSWORD)
    assert mails()[-1].subject == "Your password was changed"
