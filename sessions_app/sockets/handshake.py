"""Who may open a session's socket. The answer to everybody else is one constant 404.

The entry of an opening is committed before the handshake is accepted: no entry, no socket.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models import SignIn
from accounts.presence import present_sign_in
from audit import services as audit
from audit.addresses import client_address
from audit.context import Origin, acting
from audit.errors import AuditUnavailable
from audit.events import Ref
from audit.middleware import device_of
from sessions_app.access import Standing, standing_of
from sessions_app.events import SocketOpened, SocketRefused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """A person who may know this session, on a sign-in that is open now."""

    origin: Origin
    sign_in: SignIn
    standing: Standing


def open_socket(scope: Mapping[str, Any], session: UUID) -> Opening | None:
    """None for everybody who may not know the session; the reason stands in the log only."""
    sign_in = _sign_in_of(scope)
    origin = _origin_of(scope, sign_in)
    with acting(origin):
        try:
            return _opened(origin, sign_in, scope, session)
        except AuditUnavailable:
            log.critical("audit.unavailable", act=SocketOpened.act)
            return None


def _opened(
    origin: Origin, sign_in: SignIn | None, scope: Mapping[str, Any], session: UUID
) -> Opening | None:
    if not has_our_origin(scope):
        _refuse(session, "origin")
        return None
    if sign_in is None or not sign_in.is_open:
        _refuse(session, "not_signed_in")
        return None
    standing = standing_of(sign_in.user, session)
    if standing is None:
        _refuse(session, "no_standing")
        return None
    with transaction.atomic():
        audit.record(
            SocketOpened(
                session=standing.session.ref,
                group=Ref("group", standing.session.group_id),
                subject=sign_in.user.ref,
            )
        )
    return Opening(origin, sign_in, standing)


def _refuse(session: UUID, reason: str) -> None:
    audit.deny(SocketRefused(session=Ref("session", session), reason=reason))


def has_our_origin(scope: Mapping[str, Any]) -> bool:
    """Exactly our own address, scheme and port included; a missing Origin is no browser of ours."""
    return _header(scope, b"origin") == _our_origin()


def _our_origin() -> str:
    url = urlsplit(settings.PUBLIC_URL)
    return f"{url.scheme}://{url.netloc}"


def _sign_in_of(scope: Mapping[str, Any]) -> SignIn | None:
    key = _cookies(scope).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return present_sign_in(store(key))


def _origin_of(scope: Mapping[str, Any], sign_in: SignIn | None) -> Origin:
    known = sign_in is not None and sign_in.is_open
    peer = (scope.get("client") or [""])[0]
    forwarded = _header(scope, b"x-forwarded-for")
    return Origin(
        actor=sign_in.user.ref if sign_in and known else None,
        actor_role=sign_in.user.role if sign_in and known else "visitor",
        auth_strength=sign_in.auth_strength if sign_in and known else "none",
        address=client_address(peer, forwarded, settings.TRUSTED_PROXIES),
        device=device_of(_cookies(scope)) or "",
        request_id=str(uuid4()),
    )


def _cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    try:
        jar = SimpleCookie(_header(scope, b"cookie"))
    except ValueError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


async def turn_away(scope: Mapping[str, Any], send: Callable[..., Awaitable[None]]) -> None:
    """The same answer for everybody: the 404 page where the server can send one before accept."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close"})
        return
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
    ]
    start = {"type": "websocket.http.response.start", "status": 404, "headers": headers}
    page = render_to_string("errors/404.html").encode()
    await send(start)
    await send({"type": "websocket.http.response.body", "body": page})
