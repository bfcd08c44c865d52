"""Passkeys, spoken with over the same JSON addresses as browsers use."""

from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from webauthn.helpers import bytes_to_base64url

from accounts import webauthn
from accounts.errors import FactorRefused
from accounts.models import Passkey, SignIn, User
from tests.accounts.authenticator import Authenticator
from tests.accounts.browsers import Browser, account_of, code_of, enrolled
from tests.cast import ANA, BEN

pytestmark = pytest.mark.django_db


def conversation(device: Browser, address: str, key: Authenticator, **more: str) -> Any:
    options = device.post_json(f"{address}options/").json()["publicKey"]
    credential = key.create(options) if "rp" in options else key.get(options)
    return device.post_json(f"{address}verify/", {"credential": credential, **more})


def sign_in_with(device: Browser, key: Authenticator, **more: str) -> Any:
    return conversation(device, "/sign-in/passkey/", key, **more)


@pytest.fixture
def device() -> Browser:
    return Browser()


@pytest.fixture
def key() -> Authenticator:
    return Authenticator()


@pytest.fixture
def ana(key: Authenticator) -> User:
    """Ana, with this passkey as her only second factor."""
    user = account_of(ANA)
    browser = Browser()
    browser.give_password(user)
    conversation(browser, "/factor/new/passkey/", key, name="Her phone")
    return user


def test_the_first_passkey_opens_the_sign_in_that_enrolled_it(
    device: Browser, key: Authenticator
) -> None:
    user = account_of(ANA)
    device.give_password(user)
    answer = conversation(device, "/factor/new/passkey/", key, next="/profile/")
    assert answer.json() == {"next": "/factor/recovery-codes/?next=%2Fprofile%2F"}
    assert device.live.is_open
    assert Passkey.objects.get().user == user


def test_a_passkey_is_the_second_factor_after_the_password(
    device: Browser, ana: User, key: Authenticator
) -> None:
    device.give_password(ana)
    assert sign_in_with(device, key).status_code == 200
    assert device.live.auth_strength == "passkey"


def test_a_passkey_alone_signs_in_because_it_verifies_its_person(
    device: Browser, ana: User, key: Authenticator
) -> None:
    before = device.session_key
    assert sign_in_with(device, key, next="//evil.example").status_code == 200
    assert device.live.user == ana
    assert device.session_key != before
    assert device.get("/profile/").status_code == 200


def test_a_stranger_learns_no_credential_from_the_options(device: Browser, ana: User) -> None:
    options = device.post_json("/sign-in/passkey/options/").json()["publicKey"]
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"
    device.give_password(ana)
    options = device.post_json("/sign-in/passkey/options/").json()["publicKey"]
    assert len(options["allowCredentials"]) == 1


def test_a_key_that_was_only_touched_is_refused(
    device: Browser, ana: User, key: Authenticator
) -> None:
    key.verifies_user = False
    assert sign_in_with(device, key).status_code == 400
    assert device.get("/profile/").status_code == 302


def test_an_assertion_for_another_site_is_refused(
    device: Browser, ana: User, key: Authenticator
) -> None:
    key.origin = "http://testserver.evil.example"
    assert sign_in_with(device, key).status_code == 400
    key.origin, key.relying_party = "http://testserver", "evil.example"
    assert sign_in_with(device, key).status_code == 400


def test_an_assertion_is_good_once(device: Browser, ana: User, key: Authenticator) -> None:
    options = device.post_json("/sign-in/passkey/options/").json()["publicKey"]
    body = {"credential": key.get(options)}
    assert device.post_json("/sign-in/passkey/verify/", body).status_code == 200
    other = Browser()
    assert other.post_json("/sign-in/passkey/verify/", body).status_code == 400


def test_an_assertion_is_good_once_even_if_its_challenge_comes_back(
    device: Browser, ana: User, key: Authenticator
) -> None:
    """Two requests that read the same session before either has saved it."""
    device.post_json("/sign-in/passkey/options/")
    session = device.client.session
    kept = session[webauthn.SESSION_CHALLENGE]
    body = {"credential": key.get({"challenge": kept["challenge"]})}
    assert device.post_json("/sign-in/passkey/verify/", body).status_code == 200
    twin = Browser()
    twin.post_json("/sign-in/passkey/options/")
    session = twin.client.session
    session[webauthn.SESSION_CHALLENGE] = kept
    session.save()
    Passkey.objects.update(sign_count=0)
    assert twin.post_json("/sign-in/passkey/verify/", body).status_code == 400


def test_a_cloned_key_is_noticed_by_its_count(
    device: Browser, ana: User, key: Authenticator
) -> None:
    key.count = 5
    assert sign_in_with(device, key).status_code == 200
    key.count = 3
    assert sign_in_with(Browser(), key).status_code == 400


def test_somebody_elses_passkey_does_not_finish_a_sign_in(
    device: Browser, ana: User, key: Authenticator
) -> None:
    device.give_password(enrolled(BEN))
    assert sign_in_with(device, key).status_code == 400
    assert device.live.is_pending


def test_a_challenge_for_signing_in_does_not_step_up(
    device: Browser, ana: User, key: Authenticator
) -> None:
    sign_in_with(device, key)
    options = device.post_json("/sign-in/passkey/options/").json()["publicKey"]
    body = {"credential": key.get(options)}
    assert device.post_json("/step-up/passkey/verify/", body).status_code == 400
    assert device.live.stepped_up_at is None


def test_a_challenge_ends_after_five_minutes(
    device: Browser, ana: User, key: Authenticator
) -> None:
    options = device.post_json("/sign-in/passkey/options/").json()["publicKey"]
    session = device.client.session
    session[webauthn.SESSION_CHALLENGE]["made_at"] -= webauthn.CHALLENGE_SECONDS + 1
    session.save()
    body = {"credential": key.get(options)}
    assert device.post_json("/sign-in/passkey/verify/", body).status_code == 400


def test_a_suspended_person_is_refused(device: Browser, ana: User, key: Authenticator) -> None:
    User.objects.filter(pk=ana.pk).update(suspended_at="2026-01-01T00:00Z")
    assert sign_in_with(device, key).status_code == 400


def test_a_password_alone_adds_no_passkey_to_an_account_with_a_factor(
    device: Browser, ana: User
) -> None:
    device.give_password(ana)
    for step in ("options", "verify"):
        assert device.post_json(f"/factor/new/passkey/{step}/").status_code == 401
    assert ana.passkeys.count() == 1


def test_one_passkey_belongs_to_one_account(device: Browser, ana: User, key: Authenticator) -> None:
    device.give_password(account_of(BEN))
    answer = conversation(device, "/factor/new/passkey/", key)
    assert answer.status_code == 400
    assert device.live.is_pending


def test_a_passkey_steps_up(device: Browser, ana: User, key: Authenticator) -> None:
    sign_in_with(device, key)
    answer = conversation(device, "/step-up/passkey/", key, next="/security/")
    assert answer.json() == {"next": "/security/"}
    assert device.live.step_up_strength == "passkey"


def test_a_passkey_unlocks(device: Browser, ana: User, key: Authenticator) -> None:
    sign_in_with(device, key)
    device.post("/lock/")
    assert device.get("/profile/").status_code == 302
    assert conversation(device, "/step-up/passkey/", key, next="/profile/").status_code == 200
    assert device.get("/profile/").status_code == 200
    assert device.live.stepped_up_at is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"credential": 7}', b'{"a":' * 9000])
def test_what_is_no_credential_is_refused_in_words(device: Browser, body: bytes) -> None:
    answer = device.client.generic(
        "POST", "/sign-in/passkey/verify/", body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["error"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
base64url = st.binary(max_size=300).map(bytes_to_base64url)
forged = st.fixed_dictionaries(
    {
        "id": st.just("AAAA"),
        "rawId": st.just("AAAA") | json_values,
        "type": st.just("public-key") | json_values,
        "response": st.fixed_dictionaries(
            {
                "clientDataJSON": base64url | json_values,
                "attestationObject": base64url | json_values,
                "authenticatorData": base64url | json_values,
                "signature": base64url | json_values,
            }
        )
        | json_values,
    }
)


@given(credential=forged)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_forged_credentials_give_one_clear_error(credential: dict[str, Any]) -> None:
    challenge = {"purpose": "enrol", "challenge": "AAAA", "made_at": 9e12}
    passkey = Passkey(user=User(), credential_id=b"\0\0\0", public_key=b"\xa0")
    with pytest.raises(FactorRefused):
        webauthn.verify_enrolment({webauthn.SESSION_CHALLENGE: challenge}, credential)  # type: ignore[arg-type]  # a dict will do
    with pytest.raises(FactorRefused):
        webauthn.verify_use(b"\0\0\0", passkey, credential)


def test_a_code_still_works_beside_a_passkey(device: Browser, key: Authenticator) -> None:
    user = enrolled(ANA)
    device.sign_in(user)
    conversation(device, "/factor/new/passkey/", key)
    other = Browser()
    other.give_password(user)
    other.give_code(code_of(user, steps=1))
    assert other.live.is_open
    assert SignIn.objects.filter(user=user, ended_at=None).count() == 2


@given(key_bytes=json_values.map(cbor2.dumps) | st.binary(max_size=80))
@example(key_bytes=b"\x04")
@settings(max_examples=100, deadline=None)
def test_forged_public_keys_give_one_clear_error(key_bytes: bytes) -> None:
    class Forger(Authenticator):
        def _public_key(self) -> bytes:
            return key_bytes

    challenge = {"purpose": "enrol", "challenge": "AAAA", "made_at": 9e12}
    credential = Forger().create({"challenge": "AAAA"})
    with pytest.raises(FactorRefused):
        webauthn.verify_enrolment({webauthn.SESSION_CHALLENGE: challenge}, credential)  # type: ignore[arg-type]  # a dict will do
