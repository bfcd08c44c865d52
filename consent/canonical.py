"""The one form of a text that is stored, shown and hashed: UTF-8, NFC, LF, one LF at the end."""

import hashlib
import unicodedata


def canonical(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def sha256_of(text: str) -> str:
    """64 hexadecimal digits. MUST be given the stored text as it is: the hash is of these bytes."""
    return hashlib.sha256(text.encode()).hexdigest()
