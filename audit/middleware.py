"""Says for each request who is acting, from where; turns an unwritable log into a 503 page.

Stands below `accounts.middleware.SignInMiddleware`, which sets `request.auth_strength`.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from audit.addresses import client_address
from audit.context import Origin, acting
from audit.denials import summarise
from audit.errors import AuditUnavailable
from audit.events import Ref

DEVICE = re.compile(r"[A-Za-z0-9_-]{22}")
DEVICE_AGE = timedelta(days=400)

log = structlog.get_logger(__name__)


class OriginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        device = device_of(request.COOKIES)
        with acting(_origin_of(request, device or new_device())) as who:
            _summarise_denials()
            response = self.get_response(request)
        if device is None:
            _remember_device(response, who.device)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Fail closed: no entry, no page."""
        if not isinstance(error, AuditUnavailable):
            return None
        log.critical("audit.unavailable", act=str(error))
        page = render_to_string("errors/503.html")
        return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)


def device_cookie_name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def device_of(cookies: Mapping[str, str]) -> str | None:
    """The browser's own random id; it proves nothing and is worth nothing to a thief."""
    value = cookies.get(device_cookie_name(), "")
    return value if DEVICE.fullmatch(value) else None


def new_device() -> str:
    return secrets.token_urlsafe(16)


def address_of(request: HttpRequest) -> str:
    peer = request.META.get("REMOTE_ADDR") or ""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_address(peer, forwarded, settings.TRUSTED_PROXIES)


def _origin_of(request: HttpRequest, device: str) -> Origin:
    user = request.user
    return Origin(
        actor=Ref("user", user.pk) if user.is_authenticated else None,
        actor_role=user.role if user.is_authenticated else "visitor",
        auth_strength=getattr(request, "auth_strength", "none"),
        address=address_of(request),
        device=device,
        request_id=str(uuid4()),
    )


def _remember_device(response: HttpResponse, device: str) -> None:
    response.set_cookie(
        device_cookie_name(),
        device,
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _summarise_denials() -> None:
    """A summary that cannot be written now is no reason to refuse this request."""
    try:
        summarise()
    except AuditUnavailable:
        log.critical("audit.unavailable", act="audit.denials_summarised")
