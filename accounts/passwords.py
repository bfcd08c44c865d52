"""Argon2id with the measured parameters, a bounded number at a time.

Django's default (100 MiB, eight lanes) let 20 parallel sign-ins take 2 GiB and 10.5 s.
"""

import os
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from accounts.models.people import User

AT_ONCE = max(2, os.cpu_count() or 2)
_turns = BoundedSemaphore(AT_ONCE)


class BoundedArgon2Hasher(Argon2PasswordHasher):
    """OWASP's m = 19 MiB, t = 2, p = 1; at most AT_ONCE hashes are in memory."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _turns:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turns:
            return super().verify(password, encoded)


def password_fits(user: User | None, password: str) -> bool:
    """Exactly one hash of work, whether or not there is such a person."""
    if user is None:
        make_password(password)
        return False
    return check_password(password, user.password)
