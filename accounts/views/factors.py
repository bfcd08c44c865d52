"""Enrolling a second factor, the recovery codes, and asking for help when all is lost.

MUST NOT let a password alone add a factor to an account that has one: `may_enrol`.

Passkey enrolment talks like the sign-in page (accounts/views/sign_in.py), with
`PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`; the body of
the second POST may name the passkey: `{"credential": …, "name": "My phone", "next": "/path"}`.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import attempts, queries, totp, webauthn
from accounts.access import (
    SignedInRequest,
    has_fresh_factor,
    safe_next,
    sign_in_of,
    stepped_up,
    to_page,
    way_in,
)
from accounts.browsers import Browser
from accounts.errors import AccountsError
from accounts.forms import ConfirmTotpForm
from accounts.models import Factor, SignIn, TotpDevice
from accounts.services import factor_resets, factors, sign_ins
from accounts.views.steps import (
    BadJson,
    credential_in,
    go,
    json_body,
    json_elsewhere,
    json_next,
    json_refused,
    json_target,
    opened,
    refused,
)

TOTP_PAGE = "accounts/enrol_totp.html"


def may_enrol(request: HttpRequest) -> SignIn | None:
    """The sign-in that may add a factor now: one whose person has none at all yet, or an open
    one with a fresh factor."""
    sign_in = sign_in_of(request)
    if sign_in is None:
        return None
    if sign_in.is_pending:
        return None if sign_in.user.has_factor else sign_in
    return sign_in if has_fresh_factor(request) else None


@require_http_methods(["GET", "HEAD"])
def enrol(request: HttpRequest) -> HttpResponse:
    """The choice between the two kinds."""
    sign_in = may_enrol(request)
    if sign_in is None:
        return _first(request)
    context = {"next": safe_next(request), "is_first": sign_in.is_pending}
    return render(request, "accounts/enrol.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enrol_totp(request: HttpRequest) -> HttpResponse:
    """The secret stays the same until it is confirmed, so that reloading the page is harmless."""
    sign_in = may_enrol(request)
    if sign_in is None:
        return _first(request)
    device = sign_in.user.totp_devices.filter(confirmed_at__isnull=True).first()
    device = device or factors.offer_totp(sign_in=sign_in)
    form = ConfirmTotpForm(request.POST or None)
    context = {
        "next": safe_next(request),
        "qr_image": totp.qr_image(device.secret),
        "secret": totp.grouped(device.secret),
        "key_uri": totp.key_uri(device.secret),
        "is_first": sign_in.is_pending,
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, TOTP_PAGE, {"form": form, **context})
    try:
        _confirm(request, sign_in, device, form.cleaned_data["code"])
    except AccountsError as refusal:
        return refused(request, TOTP_PAGE, form, refusal, context)
    target = _after_enrolment(request, sign_in, Factor.TOTP, safe_next(request))
    return go(request, sign_in, target)


@require_POST
def enrol_passkey_options(request: HttpRequest) -> HttpResponse:
    sign_in = may_enrol(request)
    if sign_in is None:
        return json_elsewhere()
    options = webauthn.enrolment_options(request.session, sign_in.user)
    return JsonResponse({"publicKey": options})


@require_POST
def enrol_passkey_verify(request: HttpRequest) -> HttpResponse:
    sign_in = may_enrol(request)
    if sign_in is None:
        return json_elsewhere()
    try:
        body = json_body(request)
        factors.enrol_passkey(
            sign_in=sign_in,
            credential=credential_in(body),
            session=request.session,
            name=str(body.get("name", "")).strip()[:60] or Browser.of(request).name,
        )
        target = _after_enrolment(request, sign_in, Factor.PASSKEY, json_target(body))
    except (AccountsError, BadJson) as refusal:
        return json_refused(refusal)
    return json_next(request, sign_in, target)


@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up()
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """GET explains; POST makes new codes and shows them in its own answer, once."""
    context = {
        "next": safe_next(request),
        "unused": request.user.recovery_codes.filter(used_at__isnull=True).count(),
    }
    if request.method == "POST":
        context["codes"] = factors.make_recovery_codes(user=request.user)
    return render(request, "accounts/recovery_codes.html", context)


@require_POST
@stepped_up()
def remove_factor(request: SignedInRequest, kind: str, pk: str) -> HttpResponse:
    user = request.user
    factor = (user.passkeys if kind == "passkey" else user.totp_devices).filter(pk=pk).first()
    if factor is None:
        return redirect("accounts:security")
    try:
        factors.remove_factor(user=user, factor=factor)
    except AccountsError:
        messages.warning(request, "That is your only second step. Add another one first.")
    else:
        messages.success(request, "It is removed and opens nothing any more.")
    return redirect("accounts:security")


@require_http_methods(["GET", "HEAD", "POST"])
def lost_factor(request: HttpRequest) -> HttpResponse:
    """Asking for help needs the password: nobody can ask in somebody else's name."""
    sign_in = sign_in_of(request)
    pending = sign_in if sign_in and sign_in.is_pending and sign_in.user.has_factor else None
    if request.method == "POST" and pending is not None:
        factor_resets.request_factor_reset(sign_in=pending)
        return redirect("accounts:lost_factor")
    reset = queries.open_factor_reset(pending.user) if pending else None
    context = {"pending": pending, "factor_reset": reset}
    return render(request, "accounts/lost_factor.html", context)


def _confirm(request: HttpRequest, sign_in: SignIn, device: TotpDevice, code: str) -> None:
    attempts.counted_codes(
        sign_in,
        Browser.of(request),
        lambda: factors.confirm_totp(sign_in=sign_in, device=device, code=code),
    )


def _after_enrolment(request: HttpRequest, sign_in: SignIn, factor: Factor, target: str) -> str:
    """The first factor opens the sign-in; a further one only leads back."""
    if not sign_in.is_pending:
        messages.success(request, "Your new second step works from now on.")
        return reverse("accounts:security") if target == "/" else target
    sign_ins.open_by_enrolment(sign_in=sign_in, factor=factor, browser=Browser.of(request))
    return opened(request, sign_in, target)


def _first(request: HttpRequest) -> HttpResponse:
    return way_in(request) or to_page("accounts:step_up", request.get_full_path())
