"""Token buckets: tries are slowed down, nobody is ever locked out by name.

A bucket holds `burst` tries and gains one every `refill`. It is one row whose `spent_until` moves
into the future with each try: the whole decision is one atomic INSERT … ON CONFLICT … RETURNING.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.errors import Slowed
from accounts.models import LimitBucket
from audit.events import Ref

SPEND = """
    INSERT INTO accounts_limitbucket AS bucket (id, key, spent_until)
    VALUES (%(id)s, %(key)s, %(now)s + make_interval(secs => %(refill)s))
    ON CONFLICT (key) DO UPDATE
        SET spent_until = GREATEST(bucket.spent_until, %(now)s) + make_interval(secs => %(refill)s)
        WHERE bucket.spent_until <= %(latest)s
    RETURNING spent_until
"""

# Requests at once are counted in another order than that in which they read the clock: the burst
# must not shrink by it, so a try may come so much early.
OUT_OF_ORDER = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    burst: int
    refill: timedelta

    def key(self, *parts: object) -> str:
        """A keyed digest: addresses and people are not readable in the table."""
        text = "\0".join([self.name, *map(str, parts)])
        return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


# A stranger's guesses at one account from one place; the owner elsewhere is not slowed.
ACCOUNT_FROM_ADDRESS = Limit("sign-in.account+address", 5, timedelta(seconds=60))
# One place trying many accounts; generous, because a clinic shares one address.
ADDRESS = Limit("sign-in.address", 30, timedelta(seconds=6))
# A browser that has signed in to this account before has a bucket of its own.
KNOWN_DEVICE = Limit("sign-in.known-device", 10, timedelta(seconds=30))
# With the password already known: 3 valid codes in a million at this rate is 0.2 % a day.
CODES = Limit("factor.account", 20, timedelta(seconds=120))
CODES_FROM_ADDRESS = Limit("factor.account+address", 5, timedelta(seconds=30))
CODES_KNOWN_DEVICE = Limit("factor.known-device", 10, timedelta(seconds=30))
GUESSES_TOLD = Limit("sign-in.told", 1, timedelta(hours=24))
HALF_SIGN_IN_TOLD = Limit("sign-in.half-told", 1, timedelta(hours=24))
PASSKEY_OPTIONS = Limit("passkey.address", 60, timedelta(seconds=1))
RESET_FROM_ADDRESS = Limit("reset.address", 10, timedelta(seconds=60))
RESET_OF_ACCOUNT = Limit("reset.account", 3, timedelta(minutes=10))


def require(limit: Limit, *parts: object, subject: Ref | None = None) -> None:
    """Takes one try or raises Slowed with the seconds until the next one."""
    key = limit.key(*parts)
    seconds = limit.refill.total_seconds()
    with connection.cursor() as cursor:
        now = timezone.now()
        latest = now + limit.refill * (limit.burst - 1) + OUT_OF_ORDER
        cursor.execute(
            SPEND, {"id": uuid4(), "key": key, "now": now, "refill": seconds, "latest": latest}
        )
        allowed = cursor.fetchone() is not None
    if not allowed:
        raise Slowed(_seconds_until(key, latest), subject=subject)


def give_back(limit: Limit, *parts: object) -> None:
    """A try that succeeded does not count."""
    bucket = LimitBucket.objects.filter(key=limit.key(*parts))
    bucket.update(spent_until=F("spent_until") - limit.refill)


def left(limit: Limit, *parts: object) -> int:
    """Tries that are free at this moment; for a screen, never for a decision."""
    key = limit.key(*parts)
    spent_until = LimitBucket.objects.filter(key=key).values_list("spent_until", flat=True).first()
    if spent_until is None:
        return limit.burst
    return max(0, limit.burst - max(0, ceil((spent_until - timezone.now()) / limit.refill)))


def forget_full_buckets() -> int:
    """For the minute tick: a full bucket says nothing any more."""
    return LimitBucket.objects.filter(spent_until__lt=timezone.now()).delete()[0]


def network_of(address: str) -> str:
    """IPv6 users own a whole /64, so a single address of it means nothing."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(parsed) if parsed.version == 4 else str(ip_network(f"{parsed}/64", strict=False))


def _seconds_until(key: str, latest: datetime) -> int:
    spent_until = LimitBucket.objects.values_list("spent_until", flat=True).get(key=key)
    return max(1, ceil((spent_until - latest).total_seconds()))
