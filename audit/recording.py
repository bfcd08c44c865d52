"""Entries inside the business transaction: an act and its entry are committed together or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

from audit import body
from audit.context import origin
from audit.errors import AuditUnavailable, NotInTransaction, WrongEventCount
from audit.events import Event

P = ParamSpec("P")
R = TypeVar("R")

_recorded: ContextVar[list[type[Event]] | None] = ContextVar("audit_recorded", default=None)


def record(event: Event) -> UUID:
    """Appends to the log in the caller's transaction and returns the entry's id.

    MUST be called inside a transaction (NotInTransaction): otherwise the act could fail after its
    entry, or happen without one. AuditUnavailable means the caller's transaction is dead.
    """
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise NotInTransaction(event.act)
    entry = append(event, using=DEFAULT_DB_ALIAS)
    if (counted := _recorded.get()) is not None:
        counted.append(type(event))
    return entry


def append(event: Event, *, using: str) -> UUID:
    """One call of `audit.append`; callers are `record`, `deny` and the owner's retention only."""
    encoded = body.encode(event, origin())
    try:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT audit.append(%s)", [encoded])
            row = cursor.fetchone()
    except Error as error:
        raise AuditUnavailable(event.act) from error
    entry: UUID = row[0]
    return entry


def act(*events: type[Event]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a service: one transaction, in which it records exactly one of these events itself.

    A service that it calls is an act of its own with an event of its own. Otherwise
    WrongEventCount rolls everything back.
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def audited(*args: P.args, **kwargs: P.kwargs) -> R:
            with transaction.atomic(), _exactly_one(service.__qualname__, events):
                return service(*args, **kwargs)

        audited.audit_events = events  # type: ignore[attr-defined]  # read by the enumerating test
        return audited

    return decorate


@contextmanager
def _exactly_one(service: str, events: tuple[type[Event], ...]) -> Iterator[None]:
    counted: list[type[Event]] = []
    token = _recorded.set(counted)
    try:
        yield
    finally:
        _recorded.reset(token)
    if len(counted) != 1 or counted[0] not in events:
        names = ", ".join(kind.act for kind in counted) or "nothing"
        raise WrongEventCount(f"{service} recorded {names}")
