"""How much somebody may ask of the relay: token buckets, one by one and by address."""

import math
from collections import OrderedDict
from functools import partial
from ipaddress import IPv6Address, ip_address

MAX_ADDRESSES = 10_000


class TokenBucket:
    """So many at once, and so many a second in the long run."""

    __slots__ = ("_at", "_burst", "_per_second", "_tokens")

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = self._tokens = burst
        self._at = -math.inf

    def has_token(self, now: float) -> bool:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        return self._tokens >= 1

    def take(self) -> None:
        """MUST follow a `has_token` that said so."""
        self._tokens -= 1


class AddressLimit:
    """A token bucket per IPv4 address or IPv6 /64; the least recently seen is forgotten."""

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._new_bucket = partial(TokenBucket, per_second=per_second, burst=burst)
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def allows(self, host: str, now: float) -> bool:
        """Take one token; False when the address has none left."""
        key = _network(host)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = self._new_bucket()
            if len(self._buckets) > MAX_ADDRESSES:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        if not bucket.has_token(now):
            return False
        bucket.take()
        return True


def _network(host: str) -> str:
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return address.packed[:8].hex()
    return str(address)
