"""Reads settings from environment variables; `NAME_FILE` names a file that holds the value.

A missing or malformed value raises ImproperlyConfigured with the variable's name, never its value.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

POOL_WAIT_SECONDS = 3


class Environment:
    def text(self, name: str, *, default: str | None = None) -> str:
        value = os.environ.get(name)
        if value is None and (file := os.environ.get(f"{name}_FILE")):
            value = self._read(name, file)
        if value is not None:
            return value
        if default is None:
            raise ImproperlyConfigured(f"Set {name} or {name}_FILE (see docs/settings.md).")
        return default

    secret = text

    def choice(self, name: str, choices: Sequence[str], *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of: {', '.join(choices)}.")
        return value

    def number(self, name: str, *, default: int) -> int:
        value = self.text(name, default=str(default))
        if not value.isdecimal():
            raise ImproperlyConfigured(f"{name} must be a whole number.")
        return int(value)

    def names(self, name: str, *, default: Sequence[str] = ()) -> list[str]:
        """A comma-separated list; empty parts are dropped."""
        value = self.text(name, default=",".join(default))
        return [part.strip() for part in value.split(",") if part.strip()]

    def database(
        self, name: str, *, default: str | None = None, pool: int = 0
    ) -> dict[str, object]:
        """`postgresql://role:password@host:port/name`, or `?host=/socket/folder` for a socket.

        Without an address there is no database: a process that needs none is given none.
        `pool` is how many connections are kept; 0 makes one for each piece of work.
        """
        text = self.text(name, default="") or (self.text(default, default="") if default else "")
        if not text:
            return {"ENGINE": "django.db.backends.dummy"}
        url = urlsplit(text)
        if url.scheme not in ("postgresql", "postgres"):
            raise ImproperlyConfigured(f"{name} must be a postgresql:// address.")
        query = dict(parse_qsl(url.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": query.get("host", url.hostname or ""),
            "PORT": query.get("port", str(url.port or "")),
            **(_pooled(pool) if pool else {}),
        }

    @staticmethod
    def _read(name: str, file: str) -> str:
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error


def _pooled(size: int) -> dict[str, object]:
    """Each connection is tried before use; who waits longer than this for one is refused.

    A lost connection is sought no longer than its callers wait, and anew for the next caller:
    pauses that double would keep the database away for as long again as it was.
    """
    pool = {
        "min_size": 1,
        "max_size": size,
        "timeout": POOL_WAIT_SECONDS,
        "reconnect_timeout": POOL_WAIT_SECONDS,
    }
    return {"CONN_HEALTH_CHECKS": True, "OPTIONS": {"pool": pool}}
