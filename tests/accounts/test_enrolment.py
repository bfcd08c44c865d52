"""Setting up a second factor, and the recovery codes that replace a lost one."""

import re

import pytest

from accounts import totp
from accounts.models import TotpDevice, User
from tests.accounts.browsers import PASSWORD, Browser, account_of, code_of, enrolled
from tests.cast import ANA, BEN

pytestmark = pytest.mark.django_db
CODES = re.compile(r"<li>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</li>")


@pytest.fixture
def ana() -> User:
    """Ana as her invitation left her: a password and nothing else."""
    return account_of(ANA)


@pytest.fixture
def device(ana: User) -> Browser:
    browser = Browser()
    browser.give_password(ana)
    return browser


def unconfirmed(user: User) -> TotpDevice:
    return user.totp_devices.get(confirmed_at=None)


def test_the_page_shows_the_secret_as_a_picture_and_in_letters(device: Browser, ana: User) -> None:
    page = device.get("/factor/new/app/").content.decode()
    secret = unconfirmed(ana).secret
    assert 'src="data:image/svg+xml' in page
    assert totp.grouped(secret) in page
    assert "otpauth://totp/Quietroom%3Amy%20account?secret=" in page
    assert "ana" not in totp.key_uri("ABC").replace("account", "").lower()


def test_reloading_the_page_keeps_the_secret(device: Browser, ana: User) -> None:
    device.get("/factor/new/app/")
    before = unconfirmed(ana).secret
    device.get("/factor/new/app/")
    assert unconfirmed(ana).secret == before


def test_the_first_code_opens_the_sign_in_and_offers_recovery_codes(
    device: Browser, ana: User
) -> None:
    device.get("/factor/new/app/")
    code = totp.code_at(unconfirmed(ana).secret, totp.present_step())
    response = device.post("/factor/new/app/", code=code, next="/profile/")
    assert response["Location"] == "/factor/recovery-codes/?next=%2Fprofile%2F"
    assert device.live.is_open
    other = Browser()
    other.give_password(ana)
    other.give_code(code)
    assert other.live.is_pending, "the code of the enrolment is used up"


def test_a_wrong_code_enrols_nothing(device: Browser, ana: User) -> None:
    device.get("/factor/new/app/")
    assert device.post("/factor/new/app/", code="000000").status_code == 200
    assert not ana.has_factor
    assert device.live.is_pending


def test_an_unconfirmed_app_is_no_factor(device: Browser, ana: User) -> None:
    device.get("/factor/new/app/")
    code = totp.code_at(unconfirmed(ana).secret, totp.present_step())
    other = Browser()
    other.give_password(ana)
    other.give_code(code)
    assert other.live.is_pending


def test_a_password_alone_adds_no_app_to_an_account_with_a_factor() -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.give_password(ben)
    for path in ("/factor/new/", "/factor/new/app/"):
        assert browser.get(path)["Location"].startswith("/sign-in/code/")
    assert ben.totp_devices.count() == 1


def test_a_further_factor_needs_a_fresh_one(clock: object) -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.sign_in(ben)
    assert browser.get("/factor/new/app/").status_code == 200
    clock.shift(11 * 60)  # type: ignore[attr-defined]
    assert browser.get("/factor/new/app/")["Location"].startswith("/step-up/")


def test_recovery_codes_are_shown_once_and_kept_as_digests(device: Browser, ana: User) -> None:
    browser = Browser()
    ben = enrolled(BEN)
    browser.sign_in(ben)
    page = browser.post("/factor/recovery-codes/").content.decode()
    codes = CODES.findall(page)
    assert len(set(codes)) == 10
    assert not CODES.findall(browser.get("/factor/recovery-codes/").content.decode())
    kept = set(ben.recovery_codes.values_list("digest", flat=True))
    assert not kept & {*codes, *(code.replace("-", "") for code in codes)}


def test_a_recovery_code_opens_once_however_it_is_typed() -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.sign_in(ben)
    codes = CODES.findall(browser.post("/factor/recovery-codes/").content.decode())
    other = Browser()
    other.give_password(ben)
    other.give_code(codes[0].upper().replace("-", " "))
    assert other.live.auth_strength == "password+recovery"
    third = Browser()
    third.give_password(ben)
    third.give_code(codes[0])
    assert third.live.is_pending
    third.give_code(codes[1])
    assert third.live.is_open


def test_new_recovery_codes_end_the_old_ones() -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.sign_in(ben)
    old = CODES.findall(browser.post("/factor/recovery-codes/").content.decode())
    browser.post("/factor/recovery-codes/")
    other = Browser()
    other.give_password(ben)
    other.give_code(old[0])
    assert other.live.is_pending


def test_somebody_elses_recovery_code_opens_nothing(ana: User) -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.sign_in(ben)
    codes = CODES.findall(browser.post("/factor/recovery-codes/").content.decode())
    TotpDevice.objects.create(user=ana, secret=totp.new_secret(), confirmed_at="2026-01-01T00:00Z")
    other = Browser()
    other.give_password(ana)
    other.give_code(codes[0])
    assert other.live.is_pending


def test_the_only_factor_stays_and_a_second_one_may_go() -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.sign_in(ben)
    first = ben.totp_devices.get()
    browser.post(f"/factor/totp/{first.pk}/remove/")
    assert ben.totp_devices.filter(pk=first.pk).exists()
    passkey = ben.passkeys.create(credential_id=b"x", public_key=b"y")
    browser.post(f"/factor/totp/{first.pk}/remove/")
    assert not ben.totp_devices.exists()
    browser.post(f"/factor/passkey/{passkey.pk}/remove/")
    assert ben.passkeys.exists()


def test_somebody_elses_factor_is_out_of_reach(ana: User) -> None:
    ben = enrolled(BEN)
    browser = Browser()
    browser.sign_in(ben)
    hers = [ana.passkeys.create(credential_id=bytes([n]), public_key=b"y") for n in range(2)]
    browser.post(f"/factor/passkey/{hers[0].pk}/remove/")
    assert ana.passkeys.count() == 2


def test_enrolled_people_are_asked_for_their_code_not_for_a_new_factor() -> None:
    ben = enrolled(BEN)
    browser = Browser()
    response = browser.give_password(ben, PASSWORD)
    assert response["Location"] == "/sign-in/code/"
    assert code_of(ben).isdigit()
