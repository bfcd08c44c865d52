"""AES-256-GCM envelopes: what an encrypted column holds, byte for byte.

    version (1) | length of kek (1) | kek | dek uuid (16) | nonce (12) | ciphertext | tag (16)

The additional data binds a ciphertext to its column and its row, so that nobody with write access
to the database can show one person's words under another person's name. Pure: knows no database.
"""

import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import CiphertextRefused

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Envelope:
    kek: str
    dek: UUID
    nonce: bytes
    sealed: bytes

    def pack(self) -> bytes:
        kek = self.kek.encode("ascii")
        return bytes([VERSION, len(kek)]) + kek + self.dek.bytes + self.nonce + self.sealed


def unpack(data: bytes) -> Envelope:
    """Raises CiphertextRefused on anything that `Envelope.pack` did not write."""
    if len(data) < 2 or data[0] != VERSION:
        raise CiphertextRefused("unknown envelope version")
    kek_end = 2 + data[1]
    dek_end = kek_end + 16
    nonce_end = dek_end + NONCE_BYTES
    if len(data) < nonce_end + TAG_BYTES:
        raise CiphertextRefused("envelope is cut short")
    try:
        kek = data[2:kek_end].decode("ascii")
    except UnicodeDecodeError as error:
        raise CiphertextRefused("envelope header is damaged") from error
    dek = UUID(bytes=data[kek_end:dek_end])
    return Envelope(kek, dek, data[dek_end:nonce_end], data[nonce_end:])


def binding(label: str, row: UUID) -> bytes:
    """The additional authenticated data; `label` is `app.Model.field`."""
    return f"{label}|{row}|{VERSION}".encode()


def seal(key: bytes, *, kek: str, dek: UUID, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return Envelope(kek, dek, nonce, AESGCM(key).encrypt(nonce, plain, bound_to)).pack()


def open_sealed(key: bytes, envelope: Envelope, *, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(envelope.nonce, envelope.sealed, bound_to)
    except InvalidTag as error:
        raise CiphertextRefused("ciphertext does not belong here") from error
