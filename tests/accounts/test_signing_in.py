"""The password alone opens nothing; the second factor opens once."""

import pytest
from django.contrib.sessions.models import Session

from accounts.models import SignIn, User
from tests.accounts.browsers import Browser, account_of, code_of, enrolled
from tests.cast import ANA, BEN

INSIDE = ("/profile/", "/security/", "/step-up/", "/factor/recovery-codes/", "/security/password/")

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


@pytest.fixture
def device() -> Browser:
    return Browser()


@pytest.mark.parametrize("path", INSIDE)
def test_a_visitor_is_led_to_signing_in_and_back(device: Browser, path: str) -> None:
    response = device.get(path)
    assert response.status_code == 302
    assert response.url == f"/sign-in/?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", INSIDE)
def test_the_password_alone_opens_nothing(device: Browser, ana: User, path: str) -> None:
    device.give_password(ana)
    response = device.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/code/")


@pytest.mark.parametrize("path", INSIDE)
def test_the_password_alone_opens_nothing_for_a_person_without_a_factor(
    device: Browser, path: str
) -> None:
    device.give_password(account_of(BEN))
    response = device.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/factor/new/")


def test_the_password_alone_names_nobody_to_the_rest_of_the_code(
    device: Browser, ana: User
) -> None:
    response = device.give_password(ana, next="/profile/")
    assert not response.wsgi_request.user.is_authenticated  # type: ignore[attr-defined]
    assert device.live.is_pending


def test_password_and_code_open_the_page_that_was_wanted(device: Browser, ana: User) -> None:
    response = device.give_password(ana, next="/profile/")
    assert response["Location"] == "/sign-in/code/?next=%2Fprofile%2F"
    device.give_code(code_of(ana), next="/profile/")
    assert device.get("/profile/").status_code == 200


def test_a_person_without_recovery_codes_is_offered_them_first(device: Browser, ana: User) -> None:
    device.give_password(ana)
    response = device.give_code(code_of(ana), next="/profile/")
    assert response["Location"] == "/factor/recovery-codes/?next=%2Fprofile%2F"


def test_the_session_key_changes_at_the_password_and_at_the_second_factor(
    device: Browser, ana: User
) -> None:
    device.post_json("/sign-in/passkey/options/")
    keys = [device.session_key]
    device.give_password(ana)
    keys.append(device.session_key)
    device.give_code(code_of(ana))
    keys.append(device.session_key)
    assert len(set(keys)) == 3
    assert all(keys)
    assert [row.session_key for row in Session.objects.all()] == keys[-1:]


def test_a_code_opens_once(device: Browser, ana: User) -> None:
    code = code_of(ana)
    device.give_password(ana)
    device.give_code(code)
    other = Browser()
    other.give_password(ana)
    assert other.give_code(code).status_code == 200
    assert other.live.is_pending
    other.give_code(code_of(ana, steps=1))
    assert other.live.is_open


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_the_clock_of_an_app_may_be_one_step_off(
    device: Browser, ana: User, steps: int, opens: bool
) -> None:
    device.give_password(ana)
    device.give_code(code_of(ana, steps=steps))
    assert device.live.is_open is opens


def test_an_older_code_is_refused_after_a_newer_one(device: Browser, ana: User) -> None:
    device.give_password(ana)
    device.give_code(code_of(ana, steps=1))
    other = Browser()
    other.give_password(ana)
    other.give_code(code_of(ana))
    assert other.live.is_pending


def test_somebody_elses_code_does_not_open(device: Browser, ana: User) -> None:
    ben = enrolled(BEN)
    device.give_password(ana)
    device.give_code(code_of(ben))
    assert device.live.is_pending


def test_a_suspended_person_is_answered_like_a_wrong_password(device: Browser, ana: User) -> None:
    wrong = device.post("/sign-in/", email=ana.email, password="not this one")
    User.objects.filter(pk=ana.pk).update(suspended_at="2026-01-01T00:00Z")
    response = device.give_password(ana)
    assert response.status_code == wrong.status_code == 200
    assert "did not work" in response.content.decode()
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:1", "x"])
def test_only_local_pages_are_gone_to_next(device: Browser, ana: User, target: str) -> None:
    ana.recovery_codes.create(digest="0" * 64)
    device.give_password(ana, next=target)
    assert device.give_code(code_of(ana), next=target)["Location"] == "/"


def test_signing_out_ends_the_sign_in(device: Browser, ana: User) -> None:
    device.sign_in(ana)
    assert device.post("/sign-out/")["Location"] == "/sign-in/"
    assert device.get("/profile/").status_code == 302
    assert SignIn.objects.get().ended_at is not None


def test_a_stolen_key_of_before_the_second_factor_is_worth_nothing(
    device: Browser, ana: User
) -> None:
    device.give_password(ana)
    thief = Browser()
    thief.client.cookies["session"] = device.session_key
    device.give_code(code_of(ana))
    assert device.get("/profile/").status_code == 200
    assert thief.get("/profile/").status_code == 302
