"""A group's passphrase: hashed with Argon2, shown once, compared without case and punctuation."""

import re
import secrets
import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError

from groups.models import Group

WORDS_IN_ONE = 4
MIN_LETTERS = 10
CONSONANTS = "bdfghjklmnprstvw"
VOWELS = "aeiou"


def made() -> str:
    """Four words of three spoken syllables: 75 bits, easy to say on the telephone."""
    return "-".join("".join(_syllable() for _ in range(3)) for _ in range(WORDS_IN_ONE))


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)


def spoken(passphrase: str) -> str:
    """What counts when it is compared: letters and digits, without case."""
    plain = unicodedata.normalize("NFKC", passphrase).casefold()
    return re.sub(r"[\W_]+", "", plain)


def check_strength(passphrase: str) -> None:
    letters = spoken(passphrase)
    if len(letters) < MIN_LETTERS or len(set(letters)) < 5:
        raise ValidationError(
            "This is too easy to guess. Use three or four words, or let us make one.",
            code="weak",
        )


def hashed(passphrase: str) -> str:
    return make_password(spoken(passphrase))


def matches(group: Group, candidate: str) -> bool:
    """False without a passphrase: whoever asks decides first what `has_passphrase` means there."""
    return group.has_passphrase and check_password(spoken(candidate), group.passphrase_hash)
