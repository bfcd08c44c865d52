"""The environment of a test run, set before Django reads its settings.

With DATABASE_URL set, its role must be allowed to create roles and databases; otherwise a
throw-away PostgreSQL is planned here and started by the first test that needs a database.
"""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from config.development.addresses import addresses_beside
from config.development.keys import random_keys
from config.development.servers import PostgresServer, RedisServer


@dataclass(slots=True)
class TestServers:
    """Whatever of PostgreSQL and Redis the caller did not provide, in one folder of this run."""

    __test__ = False
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="quietroom-")))
    postgres: PostgresServer | None = None
    redis: RedisServer | None = None
    given_redis_url: str = ""

    @classmethod
    def plan(cls) -> "TestServers":
        """Nothing starts yet; the addresses are already final."""
        servers = cls(given_redis_url=os.environ.pop("REDIS_URL", ""))
        servers.folder.chmod(0o711)
        owner_url = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
        if not owner_url:
            servers.postgres = PostgresServer(
                servers.folder / "postgres", secrets.token_urlsafe(16), fast=True
            )
            owner_url = servers.postgres.superuser_url()
        servers._set_environment(owner_url)
        return servers

    def _set_environment(self, owner_url: str) -> None:
        static = self.folder / "static"
        static.mkdir(exist_ok=True)
        os.environ.update(random_keys())
        os.environ.update(addresses_beside(owner_url))
        os.environ.update(
            MODE="test",
            DATABASE_OWNER_URL=owner_url,
            PUBLIC_URL="http://testserver",
            MAIL_DIR=str(self.folder / "mail"),
            STATIC_ROOT=str(static),
            DJANGO_SETTINGS_MODULE="config.settings",
            RELAY_ENGINE="reference",
        )

    def start_postgres(self) -> None:
        if self.postgres is not None:
            self.postgres.start()

    def redis_url(self) -> str:
        if self.given_redis_url:
            return self.given_redis_url
        if self.redis is None:
            self.redis = RedisServer(self.folder / "redis")
        self.redis.start()
        return self.redis.url

    def stop(self) -> None:
        for server in (self.postgres, self.redis):
            if server is not None:
                server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
