"""What the parts of the audit bench share: a server, sizes, and entries as the log has them."""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.development.addresses import addresses_beside
from config.development.home import create_database
from config.development.keys import random_keys
from config.development.servers import PostgresServer, home_for

BEGAN = time.monotonic()
DATABASE = "quietroom"
# The demo's server is made for little memory.
AS_IN_PRODUCTION = {"shared_buffers": "1GB", "max_wal_size": "8GB"}
PEOPLE = 500
# The lightest table that keeps the same bytes: an identity, a time, one index.
PLAIN_TABLE = (
    "CREATE TABLE public.plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " at timestamptz NOT NULL DEFAULT clock_timestamp(), body bytea NOT NULL);"
    "GRANT INSERT ON public.plain TO quietroom_app;"
)
APPEND_MANY = (
    "SELECT count(audit.append(told[1 + n %% cardinality(told)]))"
    " FROM (SELECT %s::bytea[] AS told) AS given, generate_series(1, %s) AS n"
)
KEYS = ("on_behalf", "object", "group", "session", "actor_role", "auth", "request", "reason")


@dataclass(frozen=True, slots=True)
class Sizes:
    seconds: float
    verify: int
    rows: int


def body(length: int = 550) -> bytes:
    """As long as a usual entry, with everything in it that an index holds but a session.

    Of one of 500 people: thirty-two who act at once are not one person.
    """
    who = random.randrange(PEOPLE)
    told = {
        **dict.fromkeys(KEYS),
        **{"v": 1, "act": "member.viewed", "outcome": "ok", "salt": os.urandom(16).hex()},
        "actor": f"user:00000000-0000-4000-8000-{who:012}",
        "subject": f"user:00000000-0000-4000-8000-{who * 7:012}",
        "group": f"group:00000000-0000-4000-8000-{who % 60:012}",
        **{"address": f"198.51.{who % 40}.{who % 200}", "device": f"{who:022}"},
    }
    details = {"padding": "x" * (length - len(json.dumps(told)) - 30)}
    return json.dumps({**told, "details": details}).encode()


def say(words: str) -> None:
    """Progress and tables; standard output has the last line alone."""
    print(f"{time.monotonic() - BEGAN:6.1f} s  {words}", file=sys.stderr, flush=True)


@contextmanager
def database() -> Iterator[str]:
    """A private server with real fsync, migrated; Django's settings point at it."""
    with tempfile.TemporaryDirectory(prefix="quietroom-bench-") as name:
        folder = home_for(Path(name) / "postgres")
        Path(name).chmod(0o711)
        server = PostgresServer(folder, os.urandom(12).hex(), more_settings=AS_IN_PRODUCTION)
        server.start()
        try:
            create_database(server.superuser_url(), DATABASE)
            url = server.superuser_url(DATABASE)
            enter(url)
            yield url
        finally:
            server.stop()


def enter(owner_url: str) -> None:
    import django
    from django.core.management import call_command

    os.environ.update(random_keys() | addresses_beside(owner_url))
    os.environ.update(
        MODE="test",
        DATABASE_OWNER_URL=owner_url,
        PUBLIC_URL="http://bench",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    django.setup()
    call_command("prepare_database", verbosity=0)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    with psycopg.connect(owner_url) as connection:
        connection.execute(PLAIN_TABLE)
