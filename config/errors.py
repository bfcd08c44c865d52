"""Error pages. MUST NOT depend on who asks or on what exists: the 404 body is a constant."""

import sys
from functools import cache
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from accounts.languages import ORIGINAL


@cache
def page(name: str) -> str:
    """Rendered once without a request, so that no address, role or name can leak into it."""
    with translation.override(ORIGINAL.code):
        return render_to_string(f"errors/{name}.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(page("404"), status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is away or full is an absence, not a mistake: it says so and passes."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return HttpResponse(page("503"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse(page("500"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return HttpResponse(page("403_csrf"), status=HTTPStatus.FORBIDDEN)
