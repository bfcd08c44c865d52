"""Recovery codes: ten of 60 random bits, shown once, of which only a keyed digest is kept."""

import secrets

from accounts.models import User
from crypto import blind_index

HOW_MANY = 10
# Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LETTERS = 12


def new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, LETTERS, 4))


def digest(user: User, code: str) -> str:
    """Spaces, dashes and case do not matter to somebody who types from paper."""
    typed = code.lower().replace("-", "").replace(" ", "")
    return blind_index.digest("accounts.recoverycode.digest", f"{user.pk}:{typed}")
