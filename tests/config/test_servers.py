"""Private servers: nobody else can reach them, and nothing of the machine is changed for them."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.development import servers
from config.development.servers import (
    NOBODY,
    Account,
    PostgresServer,
    RedisServer,
    ServerUnavailable,
    find_postgres,
    home_for,
    installed_binaries,
    major_version,
    wheel_binaries,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, because a socket's path is limited, and open to the account that servers run as."""
    path = Path(tempfile.mkdtemp(prefix="quietroom-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def postgres(folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(folder / "postgres", "a password", fast=True)
    server.start()
    yield server
    server.stop()


def test_postgres_takes_connections_with_its_password_only(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.superuser_url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url("quietroom_owner", "a guess", "postgres"))


def test_postgres_listens_on_no_network_address(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.superuser_url()) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()
    assert row == ("",)


def test_postgres_does_not_run_as_root(postgres: PostgresServer) -> None:
    assert postgres.process is not None
    owner = Path(f"/proc/{postgres.process.pid}").stat().st_uid
    assert owner == (NOBODY if os.geteuid() == 0 else os.geteuid())


def test_postgres_keeps_its_data_over_a_restart(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.superuser_url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE kept")
    durable = PostgresServer(postgres.folder, postgres.password)
    postgres.stop()
    durable.start()
    try:
        psycopg.connect(durable.superuser_url("kept")).close()
    finally:
        durable.stop()


def test_postgres_starts_again_after_it_was_killed(postgres: PostgresServer) -> None:
    assert postgres.process is not None
    os.kill(postgres.process.pid, signal.SIGKILL)
    postgres.process.wait()
    postgres.stop()
    postgres.start()
    psycopg.connect(postgres.superuser_url()).close()


def test_a_second_start_in_the_same_folder_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(ServerUnavailable, match="stop it first"):
        PostgresServer(postgres.folder, postgres.password).start()


def test_the_wheels_binaries_work_where_nothing_is_installed(folder: Path) -> None:
    account = Account.unprivileged()
    binaries = wheel_binaries(account, folder)
    assert account.can_enter(binaries / "postgres")
    assert major_version(binaries) >= servers.OLDEST_POSTGRES
    result = account.run([str(binaries / "initdb"), "--version"])
    assert result.returncode == 0, result.stderr


def test_installed_binaries_go_first(folder: Path) -> None:
    found = find_postgres(Account.unprivileged(), folder)
    if installed_binaries():
        assert found in installed_binaries()
    else:
        assert found == wheel_binaries(Account.unprivileged(), folder)


def test_a_folder_that_the_account_cannot_enter_is_left_as_it_is(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = home_for(closed / "postgres")
    assert (home == closed / "postgres") == (os.geteuid() != 0)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_link_in_the_place_of_a_folder_is_refused(folder: Path) -> None:
    (folder / "linked").symlink_to("/etc")
    with pytest.raises(ServerUnavailable, match="symbolic link"):
        Account.unprivileged().make_folder(folder / "linked")


@pytest.fixture
def redis_server(folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(folder / "redis")
    server.start()
    yield server
    server.stop()


def test_redis_answers_with_its_password_only(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.ping()
    with (
        redis.Redis(port=redis_server.port) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_redis_listens_on_this_machine_alone(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_redis_forgets_everything_but_its_address(redis_server: RedisServer) -> None:
    address = redis_server.url
    with redis.Redis.from_url(address) as client:
        client.set("kept", "no")
    redis_server.stop()
    redis_server.start()
    assert redis_server.url == address
    with redis.Redis.from_url(address) as client:
        assert client.get("kept") is None


def test_a_stopped_server_leaves_its_port(redis_server: RedisServer) -> None:
    redis_server.stop()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", redis_server.port))
