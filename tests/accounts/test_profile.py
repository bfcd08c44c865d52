"""About you: encrypted, with who sees it beside each field."""

import pytest
from django.db import connection

from accounts.forms import ProfileForm
from accounts.models import Profile, User
from tests.accounts.browsers import Browser, enrolled, sign_in_as
from tests.cast import ANA

pytestmark = pytest.mark.django_db
ANSWERS = {
    "true_name": "Ana Sentinel",
    "call_back": "+1 555 0100",
    "emergency_contact": "Rui Sentinel, +1 555 0101",
    "accommodations": "captions",
    "language": "en",
}


@pytest.fixture
def ana() -> User:
    return enrolled(ANA)


@pytest.fixture
def device(ana: User) -> Browser:
    browser = Browser()
    sign_in_as(browser.client, ana)
    return browser


def test_answers_are_saved_and_shown_to_their_owner(device: Browser) -> None:
    assert device.post("/profile/", **ANSWERS).status_code == 302
    page = device.get("/profile/").content.decode()
    for answer in ANSWERS.values():
        assert answer in page


def test_a_profile_may_be_saved_on_the_way_somewhere(device: Browser) -> None:
    assert device.post("/profile/", **ANSWERS, next="/papers/")["Location"] == "/papers/"


def test_a_name_is_needed(device: Browser) -> None:
    response = device.post("/profile/", **{**ANSWERS, "true_name": "  "})
    assert "whom they let in" in response.content.decode()


def test_every_field_says_who_sees_it() -> None:
    for field in ProfileForm().fields.values():
        assert "een by" in str(field.help_text)


def test_the_database_holds_no_answer_in_clear(device: Browser, ana: User) -> None:
    device.post("/profile/", **ANSWERS)
    tables = ("accounts_profile", "accounts_user", "accounts_signin", "accounts_totpdevice")
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text, encode(t::text::bytea, 'escape') FROM {table} t")
            rows += cursor.fetchall()
    text = str(rows)
    hexed = [answer.encode().hex() for answer in ANSWERS.values() if len(answer) > 2]
    for secret in ("Sentinel", "555 010", ANA.email, ana.totp_devices.get().secret, *hexed):
        assert secret not in text
    assert Profile.objects.get().true_name == "Ana Sentinel"
