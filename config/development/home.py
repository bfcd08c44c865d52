"""`.quietroom/`: the keys, passwords and database of the demo on this machine, and its environment.

Everything in it is random, readable by its owner alone, and refused by production. Started by
root, the folder lets PostgreSQL's account through to its own folder and shows it nothing else.
"""

import json
import os
import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import ifaddr
import psycopg
from psycopg import sql

from config.development.addresses import addresses_beside
from config.development.keys import random_keys
from config.development.progress import Stop
from config.development.servers import Account, PostgresServer, ServerUnavailable, home_for
from config.development.toolchain import STATE

DATABASE = "quietroom"


@dataclass(slots=True)
class Home:
    folder: Path = STATE
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, folder: Path = STATE) -> "Home":
        """Makes the folder and its keys at the first start; later starts find them."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if Account.unprivileged().is_other:
            folder.chmod(0o711)
        home = cls(folder)
        if home.secrets_file.exists():
            home.secrets = json.loads(home.secrets_file.read_text())
        fresh = random_keys() | {"POSTGRES_PASSWORD": secrets.token_urlsafe(24)}
        if missing := {name: key for name, key in fresh.items() if name not in home.secrets}:
            home.keep(missing)
        return home

    @property
    def secrets_file(self) -> Path:
        return self.folder / "secrets.json"

    def keep(self, added: dict[str, str]) -> None:
        """Remembers secrets in a file that only its owner can read."""
        self.secrets |= added
        descriptor = os.open(self.secrets_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.secrets, file, indent=1)

    def password_of(self, person: str) -> str:
        """Random at the first call, the same ever after."""
        name = f"password of {person}"
        if name not in self.secrets:
            self.keep({name: "-".join(secrets.token_hex(2) for _ in range(4))})
        return self.secrets[name]

    def postgres(self) -> PostgresServer:
        return PostgresServer(
            home_for(self.folder.resolve() / "postgres"), self.secrets["POSTGRES_PASSWORD"]
        )

    def owner_url(self) -> str:
        given = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
        if given:
            self.keep({"given database": given})
        return given or self.postgres().superuser_url(DATABASE)

    def environment(self) -> dict[str, str]:
        port = os.environ.get("PORT") or "8000"
        addresses = ",".join(own_addresses())
        owner_url = self.owner_url()
        keys = {name: self.secrets[name] for name in random_keys()}
        return keys | {
            "MODE": "development",
            "PUBLIC_URL": f"http://localhost:{port}",
            "DATABASE_OWNER_URL": owner_url,
            **addresses_beside(owner_url),
            "DATABASE_POOL": "8",
            "RELAY_BIND": addresses,
            "RELAY_ADDRESS": addresses,
            "RELAY_PORT": os.environ.get("RELAY_PORT") or "5004",
            "MAIL_DIR": str(self.folder.resolve() / "mail"),
            "AUDIT_ANCHORS": f"file:{self.folder.resolve()}/anchors.txt",
            "STATIC_ROOT": str(self.folder.resolve() / "static"),
            "LOG_LEVEL": os.environ.get("LOG_LEVEL") or "ERROR",
        }

    def start_database(self) -> PostgresServer | None:
        """Ours, unless an address was given. The database itself is made when it is missing."""
        if "DATABASE_OWNER_URL" in os.environ and self.secrets.get("given database"):
            return None
        server = self.postgres()
        try:
            server.start()
        except ServerUnavailable as error:
            raise Stop(str(error)) from error
        create_database(server.superuser_url(), DATABASE)
        return server


def own_addresses() -> list[str]:
    """Localhost and this machine's own IPv4 addresses, where the relay listens."""
    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    usable = [text for text in found if not ip_address(text).is_link_local]
    return ["127.0.0.1", *sorted(set(usable) - {"127.0.0.1"})]


def create_database(superuser_url: str, name: str) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def enter() -> None:
    """Sets the demo's environment before Django reads its settings."""
    if os.environ.get("MODE", "development") != "development":
        raise Stop("This command belongs to the demo: unset MODE, or use the production commands.")
    os.environ.update(Home.open().environment())
