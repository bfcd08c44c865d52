"""About you (private): what a person tells, with who sees it beside each field."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, safe_next, signed_in
from accounts.events import ProfileShown
from accounts.forms import LanguageForm, ProfileForm
from accounts.services import save_profile
from audit.services import shows


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@shows(
    lambda request, response: ProfileShown(
        object=request.user.profile.ref, subject=request.user.ref
    )
)
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user.profile)
    if request.method == "POST" and form.is_valid():
        save_profile(profile=form.save(commit=False))
        messages.success(request, "Saved. It is stored encrypted.")
        return redirect(safe_next(request, request.path))
    context = {"form": form, "email": request.user.email, "next": safe_next(request, "")}
    return render(request, "accounts/profile.html", context)


@require_POST
@signed_in
def choose_language(request: SignedInRequest) -> HttpResponse:
    """At the foot of a page that speaks more than one; anything else than those changes nothing."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        profile = request.user.profile
        profile.language = form.cleaned_data["language"]
        save_profile(profile=profile)
    return redirect(safe_next(request))
