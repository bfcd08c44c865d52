"""Pages of people who went away: locked by hand, by the idle limit, and ended at the last."""

from datetime import timedelta

import pytest
import time_machine

from accounts import sockets
from accounts.models import User
from tests.accounts.browsers import PASSWORD, Browser, code_of, enrolled
from tests.cast import ANA, THEA, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


@pytest.fixture
def device(clock: time_machine.Traveller, ana: User) -> Browser:
    browser = Browser()
    browser.sign_in(ana)
    return browser


def scope_of(device: Browser) -> dict[str, object]:
    """The handshake that this browser's WebSocket would send."""
    return {"headers": [(b"cookie", f"session={device.session_key}".encode())]}


def test_stepping_away_locks_every_page(device: Browser) -> None:
    response = device.post("/lock/", next="/profile/")
    assert response["Location"] == "/locked/?next=%2Fprofile%2F"
    assert device.get("/profile/")["Location"] == "/locked/?next=%2Fprofile%2F"
    assert device.get("/locked/").status_code == 200
    assert device.post("/lock/").status_code == 302


@pytest.mark.parametrize("kind", ["password", "code"])
def test_one_factor_returns_to_where_one_was(device: Browser, ana: User, kind: str) -> None:
    device.post("/lock/")
    secret = PASSWORD if kind == "password" else code_of(ana, steps=1)
    assert device.post("/locked/", secret=secret, next="/profile/")["Location"] == "/profile/"
    assert device.get("/profile/").status_code == 200


def test_a_wrong_factor_stays_outside(device: Browser, ana: User) -> None:
    device.post("/lock/")
    assert device.post("/locked/", secret="not this one").status_code == 200
    assert device.post("/locked/", secret=code_of(ana)).status_code == 200
    assert device.get("/profile/").status_code == 302


def test_a_visitor_has_nothing_to_lock(device: Browser) -> None:
    assert Browser().post("/lock/")["Location"] == "/locked/"
    assert Browser().get("/locked/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(("person", "minutes"), [(ANA, 60), (THEA, 15)])
def test_the_idle_limit_follows_the_role(
    clock: time_machine.Traveller, person: Person, minutes: int
) -> None:
    browser = Browser()
    browser.sign_in(enrolled(person))
    clock.shift(timedelta(minutes=minutes - 1))
    assert browser.get("/profile/").status_code == 200
    clock.shift(timedelta(minutes=minutes, seconds=1))
    assert browser.get("/profile/")["Location"].startswith("/locked/")
    assert browser.live.is_locked


def test_a_sign_in_ends_after_a_day_however_busy(
    device: Browser, clock: time_machine.Traveller
) -> None:
    for _ in range(47):
        clock.shift(timedelta(minutes=30))
        assert device.get("/profile/").status_code == 200
    clock.shift(timedelta(minutes=31))
    assert device.get("/profile/")["Location"].startswith("/sign-in/")


def test_a_password_without_a_second_factor_ends_after_ten_minutes(
    clock: time_machine.Traveller, ana: User
) -> None:
    browser = Browser()
    browser.give_password(ana)
    clock.shift(timedelta(minutes=11))
    browser.give_code(code_of(ana))
    assert browser.get("/profile/")["Location"].startswith("/sign-in/")


def test_a_page_that_may_lock_itself_is_told_when(device: Browser) -> None:
    assert device.get("/profile/").wsgi_request.idle_seconds == 3600
    assert Browser().get("/sign-in/").wsgi_request.idle_seconds == 0


def test_typing_for_long_keeps_a_page_open(device: Browser, clock: time_machine.Traveller) -> None:
    for _ in range(3):
        clock.shift(timedelta(minutes=50))
        assert device.post("/present/").status_code == 204
    clock.shift(timedelta(minutes=61))
    assert device.post("/present/").status_code == 401
    assert Browser().post("/present/").status_code == 401


def test_a_socket_finds_its_sign_in_only_while_that_is_open(device: Browser, ana: User) -> None:
    found = sockets.sign_in_for_scope(scope_of(device))
    assert found == device.live
    device.post("/lock/")
    assert sockets.sign_in_for_scope(scope_of(device)) is None
    assert found is not None
    assert not sockets.still_open(found)
    pending = Browser()
    pending.give_password(ana)
    assert sockets.sign_in_for_scope(scope_of(pending)) is None
    assert sockets.sign_in_for_scope({"headers": []}) is None


def test_being_in_a_room_is_not_being_idle(device: Browser, clock: time_machine.Traveller) -> None:
    sign_in = device.live
    clock.shift(timedelta(minutes=50))
    assert sockets.still_open(sign_in)
    clock.shift(timedelta(minutes=50))
    assert device.get("/profile/").status_code == 200
