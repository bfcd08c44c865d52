"""One's own sign-ins: listed, ended one by one or all; nobody else's."""

import pytest
from django.contrib.sessions.models import Session

from accounts.models import SignIn, User
from accounts.services import reinstate_account, suspend_account
from audit.context import acting_as_system
from tests.accounts.browsers import PASSWORD, Browser, code_of, enrolled, sign_in_as
from tests.cast import ANA, BEN

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW_PASSWORD = "nine slow barges turn"


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


@pytest.fixture
def here(ana: User) -> Browser:
    browser = Browser(address="192.0.2.44")
    browser.client.defaults["HTTP_USER_AGENT"] = FIREFOX
    browser.sign_in(ana)
    return browser


@pytest.fixture
def there(ana: User) -> Browser:
    browser = Browser()
    sign_in_as(browser.client, ana)
    return browser


def test_the_list_names_device_and_address(here: Browser, there: Browser) -> None:
    page = here.get("/security/").content.decode()
    assert "Firefox on Linux" in page
    assert "192.0.2.44" in page
    assert page.count("Sign it out") == 1


def test_ending_another_sign_in_closes_it(here: Browser, there: Browser) -> None:
    assert there.get("/profile/").status_code == 200
    here.post(f"/security/sign-ins/{there.live.pk}/end/")
    assert there.get("/profile/")["Location"].startswith("/sign-in/")
    assert here.get("/profile/").status_code == 200
    assert not Session.objects.filter(session_key=there.session_key).exists()


def test_somebody_elses_sign_in_is_out_of_reach(here: Browser) -> None:
    bens = Browser()
    sign_in_as(bens.client, enrolled(BEN))
    here.post(f"/security/sign-ins/{bens.live.pk}/end/")
    assert bens.get("/profile/").status_code == 200


def test_all_others_end_at_once(here: Browser, there: Browser, ana: User) -> None:
    here.post("/security/sign-ins/end-others/")
    assert list(ana.sign_ins.filter(ended_at=None)) == [here.live]


def test_a_password_change_needs_the_present_one_and_ends_the_others(
    here: Browser, there: Browser, ana: User
) -> None:
    wrong = here.post("/security/password/", present="not this one", new=NEW_PASSWORD)
    assert "not right" in wrong.content.decode()
    assert there.get("/profile/").status_code == 200
    response = here.post("/security/password/", present=PASSWORD, new=NEW_PASSWORD)
    assert response["Location"] == "/security/"
    assert there.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200
    assert Browser().give_password(ana, NEW_PASSWORD).status_code == 302
    assert Browser().give_password(ana, PASSWORD).status_code == 200


@pytest.mark.parametrize("weak", ["short", "password1234", "x" * 300])
def test_weak_and_endless_passwords_are_refused(here: Browser, ana: User, weak: str) -> None:
    response = here.post("/security/password/", present=PASSWORD, new=weak)
    assert response.status_code == 200
    ana.refresh_from_db()
    assert not ana.check_password(weak)


@pytest.mark.parametrize("odd", ["  spaces  around it  ", "pässwörter 密码 🙂", "a" * 64])
def test_any_character_may_be_in_a_password(here: Browser, ana: User, odd: str) -> None:
    here.post("/security/password/", present=PASSWORD, new=odd)
    assert Browser().give_password(ana, odd).status_code == 302


def test_a_suspended_person_is_out_everywhere_at_once(
    here: Browser, there: Browser, ana: User
) -> None:
    with acting_as_system("tests"):
        suspend_account(user=ana, reason="staff.request")
    for browser in (here, there):
        assert browser.get("/profile/").status_code == 302
    assert not SignIn.objects.filter(ended_at=None).exists()
    with acting_as_system("tests"):
        reinstate_account(user=ana, reason="staff.request")
    again = Browser()
    again.give_password(ana)
    again.give_code(code_of(ana, steps=1))
    assert again.get("/profile/").status_code == 200
