"""Random keys for development and tests, in the formats that docs/settings.md names.

Each carries the mark by which production refuses it; 20 of a key's 32 bytes are random.
"""

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.development.marks import DEVELOPMENT_BYTES, DEVELOPMENT_TEXT


def random_keys() -> dict[str, str]:
    ticket_key = thirty_two_bytes()
    return {
        "SECRET_KEY": f"{DEVELOPMENT_TEXT}{secrets.token_urlsafe(48)}",
        "FIELD_KEY": f"1:{thirty_two_bytes()}",
        "BLIND_INDEX_KEY": thirty_two_bytes(),
        "TICKET_SIGNING_KEY": ticket_key,
        "TICKET_VERIFY_KEY": verify_key_of(ticket_key),
        "AUDIT_SIGNING_KEY": thirty_two_bytes(),
        "SEALING_KEY": thirty_two_bytes(),
    }


def thirty_two_bytes() -> str:
    random = secrets.token_bytes(32 - len(DEVELOPMENT_BYTES))
    return base64.b64encode(DEVELOPMENT_BYTES + random).decode()


def verify_key_of(signing_key: str) -> str:
    """The Ed25519 public key (base64) that belongs to a base64 seed."""
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(signing_key))
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()
