"""What production refuses to start with. `manage.py check` and every process's start ask here.

MUST NOT be switched off by a setting: MODE=production is the default, so forgetting MODE is safe.
"""

import base64
import binascii
import sys
from collections.abc import Iterator
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured

from config.development.marks import DEVELOPMENT_BYTES, DEVELOPMENT_TEXT

SHORTEST_SECRET = 50
KEYS = (
    "SECRET_KEY",
    "FIELD_KEY",
    "BLIND_INDEX_KEY",
    "TICKET_SIGNING_KEY",
    "TICKET_VERIFY_KEY",
    "AUDIT_SIGNING_KEY",
)
NEEDED_BY_RELEASE = ("SECRET_KEY",)
NEEDED_BY_WEB = (
    *("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "TICKET_SIGNING_KEY"),
    *("REDIS_URL", "TRUSTED_PROXIES", "MAIL_URL"),
)
NEEDED_BY_COMMAND = {
    "relay": ("SECRET_KEY", "TICKET_VERIFY_KEY", "REDIS_URL"),
    "audit_sequencer": ("SECRET_KEY", "AUDIT_SIGNING_KEY"),
    "prepare_database": NEEDED_BY_RELEASE,
    "migrate": NEEDED_BY_RELEASE,
    "collectstatic": NEEDED_BY_RELEASE,
}


class Settings(Protocol):
    MODE: str
    PUBLIC_URL: str

    def __getattr__(self, name: str) -> Any: ...


def refuse_unready(settings: Settings, arguments: list[str] | None = None) -> None:
    """Stops the process before it opens a port or a connection."""
    reasons = list(refusals(settings, command_of(arguments or sys.argv)))
    if reasons:
        raise ImproperlyConfigured("Production refuses to start:\n- " + "\n- ".join(reasons))


def refusals(settings: Settings, command: str = "") -> Iterator[str]:
    """One sentence per reason; each names a setting and never its value."""
    if settings.MODE != "production":
        return
    for name in NEEDED_BY_COMMAND.get(command, NEEDED_BY_WEB):
        if not getattr(settings, name):
            yield f"Set {name} (docs/settings.md)."
    for name in KEYS:
        if is_development_key(getattr(settings, name)):
            yield f"{name} was made for development: make a real one."
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield f"SECRET_KEY needs at least {SHORTEST_SECRET} characters."
    if not settings.PUBLIC_URL.startswith("https://"):
        yield "PUBLIC_URL must begin with https://: put TLS in front."
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield "Cookies must be secure: serve over https."
    if settings.MAIL_DIR:
        yield "MAIL_DIR writes mail to files, which is for the demo: unset it."


def is_development_key(value: str) -> bool:
    if value.startswith(DEVELOPMENT_TEXT):
        return True
    parts = (part.rpartition(":")[2] for part in value.split(","))
    return any(decoded(part).startswith(DEVELOPMENT_BYTES) for part in parts)


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def command_of(arguments: list[str]) -> str:
    """`manage.py relay` → `relay`; uvicorn and celery → an empty word, which needs everything."""
    is_manage = len(arguments) > 1 and arguments[0].rsplit("/", 1)[-1] == "manage.py"
    return arguments[1] if is_manage else ""
