"""Ed25519 keys as the settings hold them: base64 of 32 bytes."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def ticket_verify_key() -> Ed25519PublicKey:
    try:
        raw = base64.b64decode(settings.TICKET_VERIFY_KEY, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured("TICKET_VERIFY_KEY must be base64 of 32 bytes.") from error
