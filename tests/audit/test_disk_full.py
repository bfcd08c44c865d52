"""A disk without room for one more page: nothing is shown, and nothing of it is forgotten.

A PostgreSQL of this test's own is started under a limit on the size of a file: extending the
table of entries then fails in the kernel, as on a full disk. The limit is that of a WAL segment,
so that the server itself lives.
"""

import resource
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.test import Client
from pytest_django import DjangoDbBlocker

from audit import denials
from config.development.home import create_database
from config.development.servers import SUPERUSER, PostgresServer, home_for
from tests import databases
from tests.accounts.browsers import enrolled, sign_in_as
from tests.audit.database import rows
from tests.cast import ANA

WAL_SEGMENT = 16 * 1024 * 1024
DATABASE = "full"
# Four of them fill a page so far that no usual entry finds room in it.
FILL = """
SELECT count(audit.append(convert_to(format(
    '{"v":1,"act":"test.made","outcome":"ok","salt":"%s","padding":"%s"}',
    repeat('0', 32), repeat('x', 1770)), 'UTF8')))
FROM generate_series(1, 1000)
"""
SMALL = b'{"v":1,"act":"test.made","outcome":"ok","salt":"%s"}' % (b"0" * 32)
MOST_THOUSANDS = 20
MOST_ON_A_PAGE = 60


@pytest.fixture
def server(template_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[PostgresServer]:
    """Migrated, with no file larger than a WAL segment."""
    with tempfile.TemporaryDirectory(prefix="quietroom-full-") as name:
        Path(name).chmod(0o711)
        folder = home_for(Path(name) / "postgres")
        server = PostgresServer(folder, secrets.token_urlsafe(16), fast=True)
        try:
            with small_files():
                server.start()
            create_database(server.superuser_url(), DATABASE)
            with django_db_blocker.unblock(), pointed_at(server):
                call_command("prepare_database")
                call_command("migrate", database="owner", verbosity=0, interactive=False)
                yield server
        finally:
            server.stop()


@contextmanager
def small_files() -> Iterator[None]:
    """What is started in here can write no larger ones."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (WAL_SEGMENT, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def pointed_at(server: PostgresServer) -> Iterator[None]:
    databases.close_connections()
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    for alias in connections:
        told: dict[str, Any] = {"HOST": str(server.socket_folder), "PORT": "", "NAME": DATABASE}
        if alias == "owner":
            told |= {"USER": SUPERUSER, "PASSWORD": server.password}
        connections[alias].settings_dict.update(told)
    try:
        yield
    finally:
        databases.close_connections()
        for alias, settings in before.items():
            connections[alias].settings_dict.update(settings)


def fill_the_disk() -> None:
    with pytest.raises(DatabaseError, match="File too large"):
        execute(FILL, times=MOST_THOUSANDS)
    with pytest.raises(DatabaseError, match="File too large"):
        execute("SELECT audit.append(%s)", [SMALL], times=MOST_ON_A_PAGE)


def free_the_disk(server: PostgresServer) -> None:
    databases.close_connections()
    server.stop()
    server.start()


def execute(statement: str, values: list[Any] | None = None, *, times: int) -> None:
    with connections["default"].cursor() as cursor:
        for _ in range(times):
            cursor.execute(statement, values)


def acts(act: str) -> list[bytes]:
    found = rows("SELECT body FROM audit.recorded WHERE act = %s", act)
    return [bytes(body) for (body,) in found]


@pytest.mark.timeout(300)
def test_a_full_disk_shows_nothing_and_what_was_refused_is_told_when_it_is_back(
    server: PostgresServer,
) -> None:
    ana, client = enrolled(ANA), Client()
    sign_in_as(client, ana)
    assert client.get("/profile/").status_code == HTTPStatus.OK
    fill_the_disk()
    for path in ("/profile/", "/desk/"):
        answer = client.get(path)
        assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert ANA.true_name not in answer.content.decode()
        assert "Nothing was shown or changed" in answer.content.decode()
    free_the_disk(server)
    assert len(acts("profile.viewed")) == 1
    assert acts("auth.access.refused") == []
    assert client.get("/profile/").status_code == HTTPStatus.OK
    assert len(acts("profile.viewed")) == 2
    denials.summarise(everything=True)
    (summed_up,) = acts("audit.denials_summarised")
    assert b'"reason":"auth.access.refused"' in summed_up
    assert b'"repeated":1' in summed_up
    assert str(ana.ref).encode() in summed_up
