"""Signing in: password, then second factor; or a passkey, which is both.

Passkey conversation (JSON, both ways by POST, with the page's `X-CSRFToken`):

1. POST `data-options-url` with `{}` → 200 `{"publicKey": {…}}`: WebAuthn's JSON form, for
   `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`.
2. POST `data-verify-url` with `{"credential": credential.toJSON(), "next": "/local/path"}`
   → 200 `{"next": "/path"}`: go there.
   → 400, 401 or 429 `{"error": "words for the person"}`, with 401 also `"next"`.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import attempts, limits, queries, webauthn
from accounts.access import safe_next, sign_in_of, to_page
from accounts.browsers import Browser
from accounts.errors import AccountsError, Slowed
from accounts.forms import CodeForm, SignInForm
from accounts.middleware import attach
from accounts.services.sign_ins import end_sign_in
from accounts.views.steps import (
    BadJson,
    credential_in,
    go,
    json_body,
    json_next,
    json_refused,
    json_target,
    opened,
    refused,
)

SIGN_IN_PAGE = "accounts/sign_in.html"
FACTOR_PAGE = "accounts/factor.html"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The answer to a wrong password is the same for unknown, suspended and real people."""
    present = sign_in_of(request)
    if present is not None:
        return _further(request)
    form = SignInForm(request.POST or None)
    context = {"next": safe_next(request)}
    if request.method != "POST" or not form.is_valid():
        return render(request, SIGN_IN_PAGE, {"form": form, **context})
    try:
        begun = attempts.try_password(**form.cleaned_data, browser=Browser.of(request))
    except AccountsError as refusal:
        return refused(request, SIGN_IN_PAGE, form, refusal, context)
    attach(request, begun)
    rotate_token(request)
    return _further(request)


@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    present = sign_in_of(request)
    if present is None or not present.is_pending or not present.user.has_factor:
        return _further(request)
    form = CodeForm(request.POST or None)
    target = safe_next(request)
    context = {
        "next": target,
        "has_passkey": present.user.passkeys.exists(),
        "factor_reset": queries.open_factor_reset(present.user),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, FACTOR_PAGE, {"form": form, **context})
    code = form.cleaned_data["code"]
    try:
        done = attempts.try_code(sign_in=present, code=code, browser=Browser.of(request))
    except AccountsError as refusal:
        return refused(request, FACTOR_PAGE, form, refusal, context)
    return go(request, done, opened(request, done, target))


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    present = sign_in_of(request)
    try:
        limits.require(limits.PASSKEY_OPTIONS, limits.network_of(Browser.of(request).address))
    except Slowed as slowed:
        return json_refused(slowed)
    user = present.user if present and present.is_pending else None
    options = webauthn.use_options(request.session, webauthn.Purpose.SIGN_IN, user)
    return JsonResponse({"publicKey": options})


@require_POST
def passkey_verify(request: HttpRequest) -> HttpResponse:
    present = sign_in_of(request)
    pending = present if present and present.is_pending else None
    try:
        body = json_body(request)
        done = attempts.try_passkey(
            sign_in=pending, credential=credential_in(body), browser=Browser.of(request)
        )
    except (AccountsError, BadJson) as refusal:
        return json_refused(refusal)
    return json_next(request, done, opened(request, done, json_target(body)))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Also for a pending or locked sign-in: leaving needs no factor."""
    present = sign_in_of(request)
    if present is not None:
        end_sign_in(sign_in=present)
        attach(request, None)
    request.session.flush()
    return redirect("accounts:sign_in")


def _further(request: HttpRequest) -> HttpResponse:
    """To the step that this browser needs next, keeping where the person wanted to go."""
    present = sign_in_of(request)
    target = safe_next(request)
    if present is None:
        return to_page("accounts:sign_in", target)
    if present.is_pending:
        name = "accounts:factor" if present.user.has_factor else "accounts:enrol"
        return to_page(name, target)
    return to_page("accounts:locked", target) if present.is_locked else redirect(target)
