"""Tries are slowed down; the true owner is never locked out, and nobody learns who exists."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import limits, passwords
from accounts.browsers import KnownDevice
from accounts.errors import Slowed
from accounts.limits import Limit
from accounts.models import LimitBucket, User
from tests.accounts.browsers import PASSWORD, Browser, code_of, enrolled
from tests.accounts.mailbox import Mail
from tests.cast import ANA, BEN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SMALL = Limit("test.small", 3, timedelta(seconds=10))
UNKNOWN = "nobody@example.org"


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


def guess(browser: Browser, email: str, times: int = 1) -> list[int]:
    return [
        browser.post("/sign-in/", email=email, password="a wrong guess").status_code
        for _ in range(times)
    ]


def test_a_bucket_holds_its_burst_and_refills(clock: time_machine.Traveller) -> None:
    for _ in range(3):
        limits.require(SMALL, "x")
    with pytest.raises(Slowed) as slowed:
        limits.require(SMALL, "x")
    assert slowed.value.wait_seconds == 10
    limits.require(SMALL, "y")
    clock.shift(10)
    limits.require(SMALL, "x")
    with pytest.raises(Slowed):
        limits.require(SMALL, "x")


def test_a_burst_stays_whole_though_requests_are_counted_out_of_order(
    clock: time_machine.Traveller,
) -> None:
    for _ in range(3):
        limits.require(SMALL, "x")
        clock.shift(-0.02)
    with pytest.raises(Slowed):
        limits.require(SMALL, "x")


def test_waiting_does_not_grow_by_trying(clock: time_machine.Traveller) -> None:
    for _ in range(3):
        limits.require(SMALL, "x")
    for _ in range(20):
        with pytest.raises(Slowed):
            limits.require(SMALL, "x")
    clock.shift(10)
    limits.require(SMALL, "x")


def test_a_try_given_back_does_not_count() -> None:
    for _ in range(10):
        limits.require(SMALL, "x")
        limits.give_back(SMALL, "x")


def test_buckets_hold_no_readable_address(ana: User) -> None:
    guess(Browser(), ana.email)
    for key in LimitBucket.objects.values_list("key", flat=True):
        assert len(key) == 64
        assert "example" not in key


def test_full_buckets_are_forgotten(clock: time_machine.Traveller) -> None:
    limits.require(SMALL, "x")
    assert limits.forget_full_buckets() == 0
    clock.shift(11)
    assert limits.forget_full_buckets() == 1


def test_one_ipv6_household_shares_a_bucket() -> None:
    assert limits.network_of("2001:db8::1") == limits.network_of("2001:db8::ffff")
    assert limits.network_of("2001:db8::1") != limits.network_of("2001:db8:0:1::1")
    assert limits.network_of("192.0.2.1") != limits.network_of("192.0.2.2")


def test_guesses_are_slowed_and_told_so(ana: User) -> None:
    stranger = Browser(address="203.0.113.9")
    assert guess(stranger, ana.email, 7) == [200] * 5 + [429] * 2
    response = stranger.give_password(ana)
    assert int(response["Retry-After"]) > 0
    assert "Nothing is locked" in response.content.decode()


def test_the_owner_is_told_of_guesses_once_a_day(
    ana: User, mails: Callable[[], list[Mail]], clock: time_machine.Traveller
) -> None:
    stranger = Browser(address="203.0.113.9")
    guess(stranger, ana.email, 12)
    guess(stranger, UNKNOWN, 12)
    assert [mail.to for mail in mails()] == [ana.email]
    clock.shift(timedelta(hours=25))
    guess(stranger, ana.email, 12)
    assert len(mails()) == 2


def test_the_owner_elsewhere_is_not_slowed_by_a_stranger(ana: User) -> None:
    guess(Browser(address="203.0.113.9"), ana.email, 12)
    owner = Browser()
    owner.give_password(ana)
    owner.give_code(code_of(ana))
    assert owner.live.is_open


def test_the_owners_known_device_is_not_slowed_even_at_the_strangers_address(ana: User) -> None:
    owner = Browser(address="203.0.113.9")
    owner.sign_in(ana)
    owner.post("/sign-out/")
    guess(Browser(address="203.0.113.9"), ana.email, 12)
    assert owner.give_password(ana).status_code == 302


def test_a_known_device_has_its_own_limit(ana: User) -> None:
    owner = Browser()
    owner.sign_in(ana)
    owner.post("/sign-out/")
    assert guess(owner, ana.email, 11) == [200] * 10 + [429]


def test_a_known_device_is_known_to_its_people_only(ana: User) -> None:
    owner = Browser()
    owner.sign_in(ana)
    owner.post("/sign-out/")
    ben = enrolled(BEN)
    assert guess(owner, ben.email, 6) == [200] * 5 + [429]


def test_a_forged_device_cookie_is_a_strangers(ana: User) -> None:
    forged = Browser()
    forged.client.cookies["known"] = f'["x", ["{ana.pk.hex}"]]:1abc:forged'
    assert guess(forged, ana.email, 6)[-1] == 429


def test_one_address_trying_many_accounts_is_slowed() -> None:
    stranger = Browser(address="203.0.113.9")
    codes = [guess(stranger, f"nobody{number}@example.org")[0] for number in range(31)]
    assert codes == [200] * 30 + [429]


def test_the_owner_is_back_after_a_short_wait(ana: User, clock: time_machine.Traveller) -> None:
    owner = Browser()
    guess(owner, ana.email, 8)
    clock.shift(61)
    assert owner.give_password(ana).status_code == 302


def test_codes_are_slowed_for_whoever_knows_the_password(ana: User) -> None:
    stranger = Browser(address="203.0.113.9")
    stranger.give_password(ana)
    codes = [stranger.give_code("000000").status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    owner = Browser()
    owner.give_password(ana)
    owner.give_code(code_of(ana))
    assert owner.live.is_open


def test_an_unknown_address_is_answered_word_for_word_like_a_known_one(
    clock: time_machine.Traveller, ana: User
) -> None:
    known, unknown = Browser(address="192.0.2.1"), Browser(address="192.0.2.2")
    for _ in range(7):
        answers = [
            browser.post("/sign-in/", email=email, password="a wrong guess")
            for browser, email in ((known, ana.email), (unknown, UNKNOWN))
        ]
        bodies = [
            answer.content.decode().replace(email, "").replace(token_in(answer), "")
            for answer, email in zip(answers, (ana.email, UNKNOWN), strict=True)
        ]
        assert bodies[0] == bodies[1]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].headers.keys() == answers[1].headers.keys()
        assert answers[0].cookies.keys() == answers[1].cookies.keys()


def token_in(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return str(text.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0])


def test_an_unknown_address_costs_the_same_work(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted on the real hasher, because clocks in tests lie."""
    hashed: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(passwords.BoundedArgon2Hasher, name)

        def counted(self: object, *args: object, real: object = real) -> object:
            hashed.append("once")
            return real(self, *args)  # type: ignore[operator]

        monkeypatch.setattr(passwords.BoundedArgon2Hasher, name, counted)
    for email in (ana.email, UNKNOWN):
        hashed.clear()
        guess(Browser(), email)
        assert hashed == ["once"]


def test_an_unknown_address_takes_about_the_same_time(ana: User) -> None:
    def seconds(email: str) -> float:
        times = []
        for number in range(7):
            browser = Browser(address=f"192.0.2.{number}")
            begun = perf_counter()
            guess(browser, email)
            times.append(perf_counter() - begun)
        return median(times)

    known, unknown = seconds(ana.email), seconds(UNKNOWN)
    assert 0.4 < known / unknown < 2.5


def test_passwords_are_hashed_with_the_measured_parameters(ana: User) -> None:
    assert ana.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.password_fits(ana, PASSWORD)
    assert not passwords.password_fits(ana, PASSWORD + " ")


def test_a_device_cookie_keeps_its_last_five_people() -> None:
    known = KnownDevice()
    people = [User() for _ in range(7)]
    for person in people:
        response = HttpResponse()
        known.remember(response, person)
        cookie = response.cookies["known"].value
        request = RequestFactory().get("/")
        request.COOKIES["known"] = cookie
        known = KnownDevice.of(request)
    assert [known.knows(person) for person in people] == [False] * 2 + [True] * 5
    assert not known.knows(None)
