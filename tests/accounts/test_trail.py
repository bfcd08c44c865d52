"""What the log says about the ways in: who, from where, how strongly; never a personal datum."""

import json

import pytest

from accounts.models import SignIn, User
from tests.accounts.browsers import PASSWORD, Browser, code_of, enrolled
from tests.audit.database import refusing_log
from tests.cast import ANA
from tests.trail import recorded

WRONG = "a wrong guess"


@pytest.fixture
def ana(db: None) -> User:
    return enrolled(ANA)


@pytest.mark.django_db
def test_each_step_of_signing_in_names_the_person_and_the_strength(ana: User) -> None:
    device = Browser(address="192.0.2.44")
    device.sign_in(ana)
    (password,) = recorded("auth.password.ok")
    (opened,) = recorded("auth.signin.ok")
    for entry, strength in ((password, "password"), (opened, "password+totp")):
        assert entry["actor"] == entry["subject"] == str(ana.ref)
        assert entry["auth"] == strength
        assert entry["address"] == "192.0.2.44"
        assert entry["object"] == str(device.live.ref)


@pytest.mark.django_db
def test_a_wrong_password_is_recorded_about_its_account_by_nobody(ana: User) -> None:
    Browser().give_password(ana, WRONG)
    Browser().post("/sign-in/", email="nobody@example.org", password=WRONG)
    known, unknown = recorded("auth.signin.failed")
    assert known["subject"] == str(ana.ref)
    assert unknown.get("subject") is None
    for entry in (known, unknown):
        assert entry.get("actor") is None
        assert entry["outcome"] == "failed"
        assert entry["reason"] == "credentials"


@pytest.mark.django_db
def test_wrong_codes_and_slow_downs_are_recorded(ana: User) -> None:
    device = Browser()
    device.give_password(ana)
    for _ in range(6):
        device.give_code("000000")
    assert len(recorded("auth.factor.failed")) == 5
    (slowed,) = recorded("auth.signin.slowed")
    assert slowed["outcome"] == "denied"


@pytest.mark.django_db
def test_no_entry_holds_what_was_typed(ana: User) -> None:
    device = Browser()
    device.give_password(ana, WRONG)
    device.sign_in(ana)
    code = code_of(ana, steps=1)
    device.post("/step-up/", password=PASSWORD, code=code)
    acts = ("auth.signin.failed", "auth.password.ok", "auth.signin.ok", "auth.factor.ok")
    text = json.dumps([recorded(act) for act in acts])
    for secret in (ana.email, ANA.true_name, PASSWORD, WRONG, code_of(ana), f'"{code}"'):
        assert secret not in text


def test_nobody_comes_in_while_the_log_takes_nothing(committed_db: str) -> None:
    ana = enrolled(ANA)
    device = Browser()
    with refusing_log():
        assert device.give_password(ana).status_code == 503
        assert not SignIn.objects.exists()
    device.give_password(ana)
    code = code_of(ana)
    with refusing_log():
        assert device.give_code(code).status_code == 503
        assert device.get("/profile/").status_code == 302
    assert device.give_code(code).status_code == 302, "the code was not used up"
    assert device.live.is_open
