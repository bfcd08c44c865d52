"""A fresh factor: ten minutes of audit views, exactly one signature."""

from typing import Any

import pytest
import time_machine
from django.http import HttpRequest

from accounts.access import has_fresh_factor, may_sign
from accounts.errors import StepUpMissing
from accounts.models import User
from accounts.services import consume_step_up
from audit.context import acting_as_system
from tests.accounts.browsers import PASSWORD, Browser, code_of, enrolled
from tests.cast import ANA

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


@pytest.fixture
def device(clock: time_machine.Traveller, ana: User) -> Browser:
    """Ana's browser, signed in with the code of this step."""
    browser = Browser()
    browser.sign_in(ana)
    return browser


def step_up(device: Browser, ana: User, **more: str) -> Any:
    given = {"password": PASSWORD, "code": code_of(ana, steps=1), "next": "/papers/", **more}
    return device.post("/step-up/", **given)


def request_of(device: Browser) -> HttpRequest:
    found: HttpRequest = device.get("/security/").wsgi_request
    return found


def sign(device: Browser) -> str:
    with acting_as_system("tests"):
        return consume_step_up(request_of(device))


def test_password_and_an_unused_code_step_up_and_lead_on(device: Browser, ana: User) -> None:
    assert step_up(device, ana)["Location"] == "/papers/"
    assert may_sign(request_of(device))


def test_the_code_of_the_sign_in_does_not_step_up(device: Browser, ana: User) -> None:
    assert step_up(device, ana, code=code_of(ana)).status_code == 200
    assert not may_sign(request_of(device))


def test_a_wrong_password_does_not_step_up_and_leaves_the_code_unused(
    device: Browser, ana: User
) -> None:
    assert step_up(device, ana, password="not this one").status_code == 200
    assert not may_sign(request_of(device))
    assert step_up(device, ana).status_code == 302


def test_signing_in_is_no_step_up_for_a_signature(device: Browser) -> None:
    with pytest.raises(StepUpMissing):
        sign(device)


def test_one_step_up_is_one_signature(device: Browser, ana: User) -> None:
    step_up(device, ana)
    assert sign(device) == "password+totp"
    with pytest.raises(StepUpMissing):
        sign(device)
    assert not may_sign(request_of(device))


def test_a_step_up_that_is_not_used_ends(
    device: Browser, ana: User, clock: time_machine.Traveller
) -> None:
    step_up(device, ana)
    clock.shift(11 * 60)
    with pytest.raises(StepUpMissing):
        sign(device)


def test_a_step_up_belongs_to_its_browser(device: Browser, ana: User) -> None:
    step_up(device, ana)
    other = Browser()
    other.give_password(ana)
    other.client.cookies.pop("known", None)
    with pytest.raises(StepUpMissing):
        sign(other)


def test_locking_takes_the_step_up_away(device: Browser, ana: User) -> None:
    step_up(device, ana)
    device.post("/lock/")
    device.post("/locked/", secret=PASSWORD)
    with pytest.raises(StepUpMissing):
        sign(device)


def test_views_stay_open_for_ten_minutes(
    device: Browser, ana: User, clock: time_machine.Traveller
) -> None:
    assert has_fresh_factor(request_of(device))
    clock.shift(9 * 60)
    assert device.get("/security/password/").status_code == 200
    clock.shift(2 * 60)
    response = device.get("/security/password/")
    assert response["Location"] == "/step-up/?next=%2Fsecurity%2Fpassword%2F"
    step_up(device, ana)
    assert device.get("/security/password/").status_code == 200
    clock.shift(11 * 60)
    assert device.get("/security/password/").status_code == 302
