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
ADDRESSES = {"DATABASE_URL": "default", "AUDIT_SEQUENCER_URL": "audit_sequencer"}
KEYS = (
    "SECRET_KEY",
    "FIELD_KEY",
    "BLIND_INDEX_KEY",
    "TICKET_SIGNING_KEY",
    "TICKET_VERIFY_KEY",
    "AUDIT_SIGNING_KEY",
    "SEALING_KEY",
)
NEEDED_BY_WORKER = (
    *("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "TICKET_SIGNING_KEY", "SEALING_KEY"),
    *("DATABASE_URL", "REDIS_URL", "MAIL_URL", "PUBLIC_URL"),
)
NEEDED_BY_WEB = (*NEEDED_BY_WORKER, "TRUSTED_PROXIES")
NEEDED_BY_RELEASE = ("SECRET_KEY", "DATABASE_URL")
NEEDED_BY_COMMAND = {
    "relay": ("TICKET_VERIFY_KEY", "REDIS_URL"),
    "audit_sequencer": (
        *("AUDIT_SIGNING_KEY", "AUDIT_ANCHORS"),
        *("AUDIT_SEQUENCER_URL", "PUBLIC_URL"),
    ),
    "worker": NEEDED_BY_WORKER,
    "beat": ("REDIS_URL",),
    "release": NEEDED_BY_RELEASE,
    "prepare_database": NEEDED_BY_RELEASE,
    "migrate": NEEDED_BY_RELEASE,
    "collectstatic": (),
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
    needed = NEEDED_BY_COMMAND.get(command, NEEDED_BY_WEB)
    for name in needed:
        if not value_of(settings, name):
            yield f"Set {name} (docs/settings.md)."
    for name in KEYS:
        if is_development_key(value_of(settings, name)):
            yield f"{name} was made for development: make a real one."
    if "SECRET_KEY" in needed and len(value_of(settings, "SECRET_KEY")) < SHORTEST_SECRET:
        yield f"SECRET_KEY needs at least {SHORTEST_SECRET} characters."
    if "PUBLIC_URL" in needed and not is_behind_tls(settings):
        yield "PUBLIC_URL must begin with https://: put TLS in front, cookies depend on it."
    if settings.MAIL_DIR:
        yield "MAIL_DIR writes mail to files, which is for the demo: unset it."


def value_of(settings: Settings, name: str) -> str:
    """What the environment gave; Django itself raises when it is asked for an empty SECRET_KEY."""
    if name in ADDRESSES:
        engine = str(settings.DATABASES[ADDRESSES[name]]["ENGINE"])
        return "" if engine.endswith(".dummy") else engine
    try:
        return str(getattr(settings, name) or "")
    except ImproperlyConfigured:
        return ""


def is_behind_tls(settings: Settings) -> bool:
    return (
        settings.PUBLIC_URL.startswith("https://")
        and bool(settings.SESSION_COOKIE_SECURE)
        and bool(settings.CSRF_COOKIE_SECURE)
    )


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
    """`manage.py relay` → `relay`, `celery … beat` → `beat`; uvicorn → an empty word."""
    program = arguments[0].rsplit("/", 1)[-1] if arguments else ""
    if program == "manage.py":
        return arguments[1] if len(arguments) > 1 else ""
    if program == "celery":
        return "beat" if "beat" in arguments else "worker"
    return ""
