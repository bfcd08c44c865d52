"""Which data key seals and opens what. The only module that holds unwrapped data keys.

Unwrapped keys are remembered for a minute: a shredded scope is unreadable at once in the process
that shredded it and within that minute everywhere else.
"""

import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID, uuid4

from django.db import connections

from crypto.envelope import KEY_BYTES
from crypto.errors import KeyMissing
from crypto.keyring import keyring
from crypto.models import DataKey

REMEMBERED_SECONDS = 60.0
REMEMBERED_KEYS = 4096

# FOR KEY SHARE keeps `rotate_keys` from deleting a key while a transaction still writes under it.
CURRENT_SQL = (
    "SELECT id, kek, wrapped FROM crypto_datakey"
    " WHERE scope = %s AND retired_at IS NULL FOR KEY SHARE"
)


@dataclass(frozen=True, slots=True)
class OpenKey:
    id: UUID
    kek: str
    secret: bytes


class _Remembered:
    """A bounded, expiring, thread-safe map from data key id to unwrapped key."""

    def __init__(self) -> None:
        self._keys: OrderedDict[UUID, tuple[float, OpenKey]] = OrderedDict()
        self._lock = Lock()

    def get(self, dek: UUID) -> OpenKey | None:
        with self._lock:
            expires_at, key = self._keys.get(dek, (0.0, None))
            return key if time.monotonic() < expires_at else None

    def put(self, key: OpenKey) -> OpenKey:
        with self._lock:
            self._keys[key.id] = (time.monotonic() + REMEMBERED_SECONDS, key)
            self._keys.move_to_end(key.id)
            while len(self._keys) > REMEMBERED_KEYS:
                self._keys.popitem(last=False)
        return key

    def forget(self) -> None:
        with self._lock:
            self._keys.clear()


_remembered = _Remembered()
forget = _remembered.forget


def current(scope: str, *, using: str) -> OpenKey:
    """The scope's key for sealing, made at first use and locked until the transaction ends."""
    row = _current_row(scope, using)
    while row is None:
        _create(scope, using)
        row = _current_row(scope, using)
    dek, kek, wrapped = row
    known = _remembered.get(dek)
    return known or _open(dek, kek=kek, wrapped=wrapped, scope=scope)


def by_id(dek: UUID, *, using: str) -> OpenKey:
    """The key for opening. Raises KeyMissing when it was shredded."""
    if known := _remembered.get(dek):
        return known
    row = DataKey.objects.using(using).filter(pk=dek).first()
    if row is None:
        raise KeyMissing("the data key was shredded")
    return _open(row.id, kek=row.kek, wrapped=bytes(row.wrapped), scope=row.scope)


def shred(scope: str, *, using: str = "default") -> None:
    """Makes everything encrypted under this scope unreadable for ever."""
    DataKey.objects.using(using).filter(scope=scope).delete()
    forget()


def _current_row(scope: str, using: str) -> tuple[UUID, str, bytes] | None:
    with connections[using].cursor() as cursor:
        cursor.execute(CURRENT_SQL, [scope])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1], bytes(row[2]))


def _create(scope: str, using: str) -> None:
    """Two transactions may race: the second insert waits, is ignored, and finds the first's key."""
    dek = uuid4()
    ring = keyring()
    wrapped = ring.wrap(os.urandom(KEY_BYTES), dek=dek, scope=scope)
    row = DataKey(id=dek, scope=scope, kek=ring.current, wrapped=wrapped)
    DataKey.objects.using(using).bulk_create([row], ignore_conflicts=True)


def _open(dek: UUID, *, kek: str, wrapped: bytes, scope: str) -> OpenKey:
    secret = keyring().unwrap(wrapped, kek=kek, dek=dek, scope=scope)
    return _remembered.put(OpenKey(dek, kek, secret))
