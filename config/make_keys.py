"""`python -m config.make_keys`: a fresh set of real keys, one `NAME=value` a line.

Keep the output where only the deployment can read it; nothing is stored here.
"""

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def fresh_keys() -> dict[str, str]:
    ticket_key = Ed25519PrivateKey.generate()
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEY": f"1:{encoded(secrets.token_bytes(32))}",
        "BLIND_INDEX_KEY": encoded(secrets.token_bytes(32)),
        "TICKET_SIGNING_KEY": encoded(ticket_key.private_bytes_raw()),
        "TICKET_VERIFY_KEY": encoded(ticket_key.public_key().public_bytes_raw()),
        "AUDIT_SIGNING_KEY": encoded(secrets.token_bytes(32)),
    }


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


if __name__ == "__main__":
    for name, value in fresh_keys().items():
        print(f"{name}={value}")
