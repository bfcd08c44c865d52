"""The one form of a text that is stored, shown and hashed: UTF-8, NFC, LF, one LF at the end.

Signs that hide or turn what is read are refused, so that the text that is seen is the text that is
signed. Right-to-left scripts need none of them: their direction comes from the letters.
"""

import hashlib
import unicodedata
from itertools import groupby

from consent.errors import TextRefused

MAX_LENGTH = 120_000
# Joiners are part of how Arabic, Persian and Indic words are spelled.
JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")

# No script writes as many on one letter; a pile of them paints over the lines above.
MAX_MARKS = 8


def canonical(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def sha256_of(text: str) -> str:
    """64 hexadecimal digits. MUST be given the stored text as it is: the hash is of these bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_plain(text: str) -> None:
    """Raises TextRefused for control and format characters (bidi overrides among them), and for
    marks piled up on one letter."""
    if len(text) > MAX_LENGTH or any(map(_hides, text)) or _most_marks(text) > MAX_MARKS:
        raise TextRefused


def _most_marks(text: str) -> int:
    runs = groupby(text, key=lambda character: unicodedata.category(character) == "Mn")
    return max((sum(1 for _ in run) for is_mark, run in runs if is_mark), default=0)


def _hides(character: str) -> bool:
    if character in JOINERS or character in "\n\r\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
