"""One's own sign-ins, second factors and password."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import attempts, queries
from accounts.access import SignedInRequest, safe_next, signed_in, stepped_up
from accounts.browsers import Browser
from accounts.errors import AccountsError, ResetRefused
from accounts.events import SignInsShown
from accounts.forms import PasswordChangeForm, ResetForm, ResetRequestForm
from accounts.services import passwords, sign_ins
from accounts.views.steps import refused
from audit.services import shows

PASSWORD_PAGE = "accounts/password_change.html"  # noqa: S105  (a template, not a secret)


@require_http_methods(["GET", "HEAD"])
@signed_in
@shows(lambda request, response: SignInsShown(object=request.user.ref, subject=request.user.ref))
def security(request: SignedInRequest) -> HttpResponse:
    user = request.user
    context = {
        "sign_ins": queries.live_sign_ins(user),
        "totp_devices": user.totp_devices.filter(confirmed_at__isnull=False),
        "passkeys": user.passkeys.all(),
        "unused_codes": user.recovery_codes.filter(used_at__isnull=True).count(),
    }
    return render(request, "accounts/security.html", context)


@require_POST
@signed_in
def end_other(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Only one's own: an id of somebody else's changes nothing and looks the same."""
    other = queries.live_sign_ins(request.user).filter(pk=pk).first()
    if other is not None and other.pk != request.sign_in.pk:
        sign_ins.revoke_sign_in(sign_in=other)
    messages.success(request, "That device is signed out.")
    return redirect(safe_next(request, reverse("accounts:security")))


@require_POST
@signed_in
def end_others(request: SignedInRequest) -> HttpResponse:
    sign_ins.end_sign_ins(request.user, keep=request.sign_in, reason="others")
    messages.success(request, "All your other devices are signed out.")
    return redirect(safe_next(request, reverse("accounts:security")))


@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up()
def password_change(request: SignedInRequest) -> HttpResponse:
    form = PasswordChangeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, PASSWORD_PAGE, {"form": form})
    try:
        attempts.counted_codes(
            request.sign_in,
            Browser.of(request),
            lambda: passwords.change_password(sign_in=request.sign_in, **form.cleaned_data),
        )
    except AccountsError as refusal:
        return refused(request, PASSWORD_PAGE, form, refusal)
    messages.success(request, "Your password is changed. All your other devices are signed out.")
    return redirect("accounts:security")


@require_http_methods(["GET", "HEAD", "POST"])
def reset_request(request: HttpRequest) -> HttpResponse:
    """The same page, in the same time, whether or not somebody has this address."""
    form = ResetRequestForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/reset_request.html", {"form": form})
    try:
        attempts.try_reset_request(email=form.cleaned_data["email"], browser=Browser.of(request))
    except AccountsError as refusal:
        return refused(request, "accounts/reset_request.html", form, refusal)
    return render(request, "accounts/reset_requested.html")


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the page and uses nothing up: mail scanners open links too."""
    form = ResetForm(request.POST or None)
    try:
        passwords.live_password_reset(token, timezone.now())
        if request.method != "POST" or not form.is_valid():
            return render(request, "accounts/reset.html", {"form": form})
        passwords.reset_password(token=token, new=form.cleaned_data["new"])
    except ResetRefused:
        return render(request, "accounts/reset_ended.html", status=410)
    messages.success(request, "Your password is set. Sign in with it and your second step.")
    return redirect("accounts:sign_in")
