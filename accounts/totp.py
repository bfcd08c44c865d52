"""Time-based codes (RFC 6238): 30 s, six digits, one step of drift either way."""

import base64
import hmac
import secrets
import time
from urllib.parse import quote, urlencode

import segno
from django_otp.oath import hotp

STEP_SECONDS = 30
DRIFT_STEPS = 1
ISSUER = "Quietroom"


def new_secret() -> str:
    """20 random bytes in base32, as RFC 4226 recommends and every app reads."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    return f"{hotp(base64.b32decode(secret), step):06d}"  # type: ignore[no-untyped-call]


def present_step() -> int:
    return int(time.time()) // STEP_SECONDS


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The step that `code` belongs to. Steps up to `after` were used and never match again."""
    now = present_step()
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step), code) and step > after:
            found = step
    return found


def key_uri(secret: str) -> str:
    """What the QR code holds. No name and no address: the app's list may be seen by others."""
    label = quote(f"{ISSUER}:my account")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def qr_image(secret: str) -> str:
    """A data: address of an SVG picture, for <img>; the content security policy allows it."""
    picture: str = segno.make(key_uri(secret), error="m").svg_data_uri(
        scale=6, border=4, dark="#000", light="#fff"
    )
    return picture


def grouped(secret: str) -> str:
    """In fours, for typing it by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
