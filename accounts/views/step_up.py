"""A fresh factor on demand, and the idle lock with its way back.

The passkey conversation is that of accounts/views/sign_in.py; the same two addresses serve the
step-up page and the locked page.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import attempts, webauthn
from accounts.access import SignedInRequest, safe_next, sign_in_of, signed_in, to_page
from accounts.browsers import Browser
from accounts.errors import AccountsError
from accounts.forms import StepUpForm, UnlockForm
from accounts.models import SignIn
from accounts.services.sign_ins import lock_sign_in
from accounts.views.steps import (
    BadJson,
    credential_in,
    json_body,
    json_elsewhere,
    json_refused,
    json_target,
    refused,
)

STEP_UP_PAGE = "accounts/step_up.html"
LOCKED_PAGE = "accounts/locked.html"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def step_up(request: SignedInRequest) -> HttpResponse:
    form = StepUpForm(request.POST or None)
    context = {"next": safe_next(request), "has_passkey": request.user.passkeys.exists()}
    if request.method != "POST" or not form.is_valid():
        return render(request, STEP_UP_PAGE, {"form": form, **context})
    browser = Browser.of(request)
    try:
        attempts.try_step_up(sign_in=request.sign_in, browser=browser, **form.cleaned_data)
    except AccountsError as refusal:
        return refused(request, STEP_UP_PAGE, form, refusal, context)
    return redirect(safe_next(request))


@require_POST
def step_up_options(request: HttpRequest) -> HttpResponse:
    sign_in = _past_the_second_factor(request)
    if sign_in is None:
        return json_elsewhere()
    options = webauthn.use_options(request.session, webauthn.Purpose.STEP_UP, sign_in.user)
    return JsonResponse({"publicKey": options})


@require_POST
def step_up_verify(request: HttpRequest) -> HttpResponse:
    sign_in = _past_the_second_factor(request)
    if sign_in is None:
        return json_elsewhere()
    try:
        body = json_body(request)
        attempts.try_step_up_by_passkey(
            sign_in=sign_in, credential=credential_in(body), browser=Browser.of(request)
        )
    except (AccountsError, BadJson) as refusal:
        return json_refused(refusal)
    return JsonResponse({"next": json_target(body)})


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Stepping away, or the idle page's beacon. Locking twice is locking once."""
    sign_in = sign_in_of(request)
    if sign_in is not None and sign_in.is_open:
        lock_sign_in(sign_in=sign_in)
    return to_page("accounts:locked", safe_next(request))


@require_POST
def present(request: HttpRequest) -> HttpResponse:
    """Somebody types on a page that asks nothing of the server: finding the sign-in for this
    request has already noted it. 401 tells the page that it is locked or signed out."""
    sign_in = sign_in_of(request)
    return HttpResponse(status=204 if sign_in is not None and sign_in.is_open else 401)


@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    sign_in = sign_in_of(request)
    target = safe_next(request)
    if sign_in is None or sign_in.is_pending:
        return to_page("accounts:sign_in", target)
    if not sign_in.is_locked:
        return redirect(target)
    form = UnlockForm(request.POST or None)
    context = {"next": target, "has_passkey": sign_in.user.passkeys.exists()}
    if request.method != "POST" or not form.is_valid():
        return render(request, LOCKED_PAGE, {"form": form, **context})
    try:
        attempts.try_unlock(sign_in=sign_in, browser=Browser.of(request), **form.cleaned_data)
    except AccountsError as refusal:
        return refused(request, LOCKED_PAGE, form, refusal, context)
    return redirect(target)


def _past_the_second_factor(request: HttpRequest) -> SignIn | None:
    sign_in = sign_in_of(request)
    return sign_in if sign_in is not None and not sign_in.is_pending else None
