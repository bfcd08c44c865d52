"""What several pages of signing in share: the next step, refusals in words, JSON in and out."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import local_path, to_page
from accounts.browsers import KnownDevice
from accounts.errors import AccountsError, SignInRefused, Slowed
from accounts.middleware import attach
from accounts.models import SignIn

MAX_JSON_BYTES = 64 * 1024
WRONG_SIGN_IN = (
    "That did not work. Check the address and the password and try again, or reset the password."
)
WRONG_CODE = (
    "That code did not work. A code works once: wait for the next one in your app and try again."
)
WRONG_PASSKEY = "That passkey did not work here. Try again, or use another way to sign in."


class BadJson(ValueError):
    pass


def words_for(refusal: AccountsError) -> str:
    match refusal:
        case Slowed():
            return (
                f"Please wait {_duration(refusal.wait_seconds)}, then try again. Nothing is locked."
            )
        case SignInRefused():
            return WRONG_SIGN_IN
        case AccountsError(code="password"):
            return "The present password is not right."
        case AccountsError(code="step_up"):
            return "Password and code did not work together. Try again with a code not used yet."
        case AccountsError(code=code) if code.startswith("passkey"):
            return WRONG_PASSKEY
    return WRONG_CODE


def refused(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    refusal: AccountsError,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The same page again with the reason in words; 429 while tries are slowed down."""
    form.add_error(None, words_for(refusal))
    response = render(request, template, {"form": form, **(context or {})})
    return _marked(response, refusal)


def opened(request: HttpRequest, sign_in: SignIn, target: str) -> str:
    """After the second factor: the page reads the person from here on. Returns where to go."""
    attach(request, sign_in)
    rotate_token(request)
    if not sign_in.user.recovery_codes.filter(used_at__isnull=True).exists():
        return to_page("accounts:recovery_codes", target).url
    return target


def go(request: HttpRequest, sign_in: SignIn, target: str) -> HttpResponse:
    response = redirect(target)
    KnownDevice.of(request).remember(response, sign_in.user)
    return response


def json_body(request: HttpRequest) -> dict[str, Any]:
    """Raises BadJson for anything but a small object."""
    if len(request.body) > MAX_JSON_BYTES:
        raise BadJson
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadJson from error
    if not isinstance(body, dict):
        raise BadJson
    return body


def json_target(body: dict[str, Any]) -> str:
    return local_path(str(body.get("next", "")))


def credential_in(body: dict[str, Any]) -> dict[str, Any]:
    credential = body.get("credential")
    if not isinstance(credential, dict):
        raise BadJson
    return credential


def json_next(request: HttpRequest, sign_in: SignIn, target: str) -> HttpResponse:
    response = JsonResponse({"next": target})
    KnownDevice.of(request).remember(response, sign_in.user)
    return response


def json_refused(refusal: AccountsError | BadJson) -> HttpResponse:
    words = words_for(refusal) if isinstance(refusal, AccountsError) else WRONG_PASSKEY
    response = JsonResponse({"error": words}, status=400)
    return _marked(response, refusal)


def json_elsewhere() -> HttpResponse:
    """This browser is not where the page thinks it is: begin again."""
    words = "This page has ended. Sign in again."
    return JsonResponse({"error": words, "next": reverse("accounts:sign_in")}, status=401)


def _marked(response: HttpResponse, refusal: Exception) -> HttpResponse:
    if isinstance(refusal, Slowed):
        response.status_code = 429
        response.headers["Retry-After"] = str(refusal.wait_seconds)
    return response


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"
