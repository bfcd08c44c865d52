"""Signed notes and checkpoints as C2SP describes them (signed-note, tlog-checkpoint).

So auditors can check ours with tools that are not ours. Pure: no Django, no database.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
SEED_BYTES = 32
MARK = "\u2014 "


class NoteRefused(Exception):
    """The note is malformed, or not signed by the key that was asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log, `root` is the Merkle root of its first `size` leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def signing_key(encoded: str) -> Ed25519PrivateKey:
    """Reads a seed of 32 bytes in base64. Raises ValueError without quoting it."""
    try:
        seed = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise ValueError("a signing key is 32 bytes in base64")
    return Ed25519PrivateKey.from_private_bytes(seed)


def signing_keys(encoded: str) -> tuple[Ed25519PrivateKey, ...]:
    """Comma-separated, the current one first: while a key is rotated, the old one signs too."""
    return tuple(signing_key(part.strip()) for part in encoded.split(","))


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as auditors' tools take it: `name+hash+base64`."""
    public = ED25519 + key.public_bytes_raw()
    return f"{name}+{_key_id(name, key).hex()}+{_base64(public)}"


def sign(checkpoint: Checkpoint, *keys: Ed25519PrivateKey) -> str:
    """One signature of each key, so that whoever knows any of them can check."""
    text = checkpoint.text()
    return text + "\n" + "".join(_signature(text, checkpoint.origin, key) for key in keys)


def verify(note: str, *keys: Ed25519PublicKey) -> Checkpoint:
    """Raises NoteRefused unless one of `keys` signed. Others (witnesses) may sign beside it."""
    text, gap, signatures = note.rpartition("\n\n")
    text += "\n"
    if not gap:
        raise NoteRefused("no signature")
    checkpoint = _parsed(text)
    for line in signatures.splitlines():
        if any(_is_signed(line, text, checkpoint.origin, key) for key in keys):
            return checkpoint
    raise NoteRefused("not signed by this key")


def _signature(text: str, name: str, key: Ed25519PrivateKey) -> str:
    signature = _key_id(name, key.public_key()) + key.sign(text.encode())
    return f"{MARK}{name} {_base64(signature)}\n"


def _is_signed(line: str, text: str, name: str, key: Ed25519PublicKey) -> bool:
    if not line.startswith(f"{MARK}{name} "):
        return False
    signature = _unbase64(line.rpartition(" ")[2])
    if signature[:4] != _key_id(name, key):
        return False
    try:
        key.verify(signature[4:], text.encode())
    except InvalidSignature:
        return False
    return True


def _parsed(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not lines[1].isdecimal() or lines[1] != str(int(lines[1])):
        raise NoteRefused("not a checkpoint")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=_unbase64(lines[2]))


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    told = name.encode() + b"\n" + ED25519 + key.public_bytes_raw()
    return hashlib.sha256(told).digest()[:4]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteRefused("damaged base64") from error
