"""Key-encryption keys from FIELD_KEY, and the data keys that they wrap.

FIELD_KEY is `kid:base64[,kid:base64…]`: the first wraps new data keys, the others still unwrap
old ones until `manage.py rotate_keys` has run. A key-encryption key never touches the database;
an unwrapped data key never leaves this module's callers in `crypto`.
"""

import base64
import binascii
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from crypto.envelope import KEY_BYTES, NONCE_BYTES
from crypto.errors import CiphertextRefused, KeyMissing

KEY_NAME = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class Keyring:
    current: str
    keys: dict[str, bytes]

    def key(self, name: str) -> bytes:
        try:
            return self.keys[name]
        except KeyError:
            raise KeyMissing(f"FIELD_KEY has no key named {name}") from None

    def wrap(self, data_key: bytes, *, dek: UUID, scope: str) -> bytes:
        """Wraps under the current key; `dek` and `scope` are bound against swapped rows."""
        nonce = os.urandom(NONCE_BYTES)
        bound_to = self._binding(self.current, dek, scope)
        return nonce + AESGCM(self.key(self.current)).encrypt(nonce, data_key, bound_to)

    def unwrap(self, wrapped: bytes, *, kek: str, dek: UUID, scope: str) -> bytes:
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self.key(kek)).decrypt(nonce, sealed, self._binding(kek, dek, scope))
        except InvalidTag as error:
            raise CiphertextRefused("wrapped data key is damaged or moved") from error

    @staticmethod
    def _binding(kek: str, dek: UUID, scope: str) -> bytes:
        return f"crypto.DataKey|{dek}|{scope}|{kek}".encode()


def parse(text: str) -> Keyring:
    """Raises ImproperlyConfigured, never quoting a key."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, encoded = part.partition(":")
        if not KEY_NAME.fullmatch(name) or name in keys:
            raise ImproperlyConfigured("FIELD_KEY: key names are unique, short and lower case.")
        keys[name] = _decoded(encoded)
    if not keys:
        raise ImproperlyConfigured("FIELD_KEY holds no key.")
    return Keyring(current=next(iter(keys)), keys=keys)


def _decoded(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("FIELD_KEY: keys are written in base64.") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured("FIELD_KEY: each key has 32 bytes.")
    return key


@lru_cache(maxsize=8)
def _parsed(text: str) -> Keyring:
    return parse(text)


def keyring() -> Keyring:
    """The keyring of the present settings."""
    return _parsed(settings.FIELD_KEY)
