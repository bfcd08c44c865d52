"""What a database role is allowed, asked of the real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connections, transaction

REFUSED = "42501"  # insufficient_privilege; our triggers answer with it too
PASSED = "passed"
BODY = b'{"act":"test.made","actor":"user:a","outcome":"ok","salt":"%s","v":1}' % (b"0" * 32)
APPEND = "SELECT audit.append(%s)"


def outcome(alias: str, *statements: str, params: list[Any] | None = None) -> str:
    """Runs them in one transaction; PASSED or the SQLSTATE of the refusal."""
    try:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            for statement in statements[:-1]:
                cursor.execute(statement)
            cursor.execute(statements[-1], params)
    except Error as error:
        return str(getattr(error.__cause__, "sqlstate", error))
    return PASSED


def append(body: bytes = BODY) -> object:
    with connections["default"].cursor() as cursor:
        cursor.execute(APPEND, [body])
        return cursor.fetchone()[0]


def rows(statement: str, *params: Any, alias: str = "owner") -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, params)
        return [tuple(row) for row in cursor.fetchall()]


def tables() -> list[str]:
    """Every table of the log, partitions included."""
    found = rows(
        "SELECT oid::regclass::text FROM pg_class"
        " WHERE relnamespace = 'audit'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
    )
    return [str(name) for (name,) in found]


def kept_tables() -> list[str]:
    """All but the outbox, from which the sequencer takes."""
    return [name for name in tables() if name != "audit.outbox"]


@contextmanager
def refusing_log() -> Iterator[None]:
    """A log that takes nothing: the application has lost its one right."""
    _execute("REVOKE EXECUTE ON FUNCTION audit.append FROM quietroom_app")
    try:
        yield
    finally:
        _execute("GRANT EXECUTE ON FUNCTION audit.append TO quietroom_app")


def _execute(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
