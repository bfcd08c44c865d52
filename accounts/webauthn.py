"""Passkeys: the one module that knows py_webauthn (WebAuthn Level 3).

A challenge lives in the browser's session for five minutes, for one purpose, and is taken out
before anything is verified. User verification is always required: a passkey is two factors.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cbor2 import CBORError
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    generate_challenge,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.errors import FactorRefused
from accounts.models import Passkey, User

CHALLENGE_SECONDS = 300
SESSION_CHALLENGE = "passkey_challenge"
# What the library raises for input that is not what a browser sends.
MALFORMED = (WebAuthnException, CBORError, ValueError, TypeError, LookupError, AttributeError)


class Purpose(StrEnum):
    SIGN_IN = "sign-in"
    ENROL = "enrol"
    STEP_UP = "step-up"


@dataclass(frozen=True, slots=True)
class NewCredential:
    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified use of a passkey. `challenge` (a digest) marks it as used."""

    sign_count: int
    challenge: str


def relying_party() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def enrolment_options(session: SessionBase, user: User) -> dict[str, Any]:
    """For navigator.credentials.create. The user handle is random-looking and no address."""
    options = generate_registration_options(
        rp_id=relying_party(),
        rp_name="Quietroom",
        user_id=user.pk.bytes,
        user_name="My Quietroom account",
        challenge=_new_challenge(session, Purpose.ENROL),
        exclude_credentials=_descriptors(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _as_json(options)


def use_options(session: SessionBase, purpose: Purpose, user: User | None) -> dict[str, Any]:
    """For navigator.credentials.get. Without a person no credential is named: nobody learns
    from it whether an address has an account."""
    options = generate_authentication_options(
        rp_id=relying_party(),
        challenge=_new_challenge(session, purpose),
        allow_credentials=_descriptors(user) if user else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _as_json(options)


def verify_enrolment(session: SessionBase, credential: dict[str, Any]) -> NewCredential:
    challenge = take_challenge(session, Purpose.ENROL)
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=settings.PUBLIC_URL,
            require_user_verification=True,
        )
        # The library keeps a key unread until its first use; one that no use can pass is refused.
        decoded_public_key_to_cryptography(
            decode_credential_public_key(verified.credential_public_key)
        )
    except MALFORMED as error:
        raise FactorRefused("passkey") from error
    return NewCredential(
        verified.credential_id, verified.credential_public_key, verified.sign_count
    )


def credential_id_of(credential: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(str(credential["id"]))
    except (KeyError, ValueError) as error:
        raise FactorRefused("passkey") from error


def verify_use(challenge: bytes, passkey: Passkey, credential: dict[str, Any]) -> Assertion:
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=settings.PUBLIC_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise FactorRefused("passkey", subject=passkey.user.ref) from error
    return Assertion(verified.new_sign_count, hashlib.sha256(challenge).hexdigest())


def take_challenge(session: SessionBase, purpose: Purpose) -> bytes:
    """Usable once, whether or not what it is used for succeeds."""
    kept = session.pop(SESSION_CHALLENGE, None)
    if kept is None or kept["purpose"] != purpose.value:
        raise FactorRefused("passkey_challenge")
    if time.time() - kept["made_at"] > CHALLENGE_SECONDS:
        raise FactorRefused("passkey_challenge")
    return base64url_to_bytes(kept["challenge"])


def _new_challenge(session: SessionBase, purpose: Purpose) -> bytes:
    challenge = generate_challenge()
    session[SESSION_CHALLENGE] = {
        "purpose": purpose.value,
        "challenge": bytes_to_base64url(challenge),
        "made_at": int(time.time()),
    }
    return challenge


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    ids = user.passkeys.values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=bytes(one)) for one in ids]


def _as_json(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(options_to_json(options))
    return found
