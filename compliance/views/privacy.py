"""My privacy: what is kept about oneself, who opened it, and what one may ask for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, signed_in, stepped_up
from accounts.languages import translated
from audit.services import shows
from compliance import access
from compliance.errors import DeskError, TooManyRequests
from compliance.events import PrivacyViewed, ReadersViewed, RequestViewed
from compliance.forms.requests import RequestForm
from compliance.queries.privacy import READERS_FOR, SHOWN, privacy_of
from compliance.queries.readers import readers_of
from compliance.rights import RIGHTS
from compliance.services.own_data import export_own_data
from compliance.services.requests import make_request, withdraw_request
from compliance.states import RequestKind
from groups.queries import program_of

LONGEST_LOOK = timedelta(days=6 * 366)


@translated
@require_safe
@signed_in
@shows(lambda request, response: PrivacyViewed(object=request.user.ref, subject=request.user.ref))
def privacy(request: SignedInRequest) -> HttpResponse:
    context = {"privacy": privacy_of(request.user), "shown": SHOWN, "months": 6}
    return TemplateResponse(request, "compliance/privacy.html", context)


@translated
@require_safe
@signed_in
@shows(lambda request, response: ReadersViewed(object=request.user.ref, subject=request.user.ref))
def readers(request: SignedInRequest) -> HttpResponse:
    """The last months, or with `?all` as far back as the log goes."""
    looks_far = "all" in request.GET
    since = timezone.now() - (LONGEST_LOOK if looks_far else READERS_FOR)
    context = {"readers": readers_of(request.user, since), "looks_far": looks_far}
    return TemplateResponse(request, "compliance/readers.html", context)


@translated
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def request_new(request: SignedInRequest) -> HttpResponse:
    program = program_of(request.user)
    if program is None:
        raise Http404
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = make_request(
                by=request.user,
                program=program,
                kind=RequestKind(told["kind"]),
                text=told["text"],
            )
        except TooManyRequests as error:
            form.add_error(None, gettext(error.text))
        else:
            said = gettext("Your request is received. You find its state on this page.")
            messages.success(request, said)
            return redirect("privacy:request", pk=made.pk)
    rights = [(kind.label, right) for kind, right in RIGHTS.items()]
    return TemplateResponse(
        request, "compliance/request_new.html", {"form": form, "rights": rights}
    )


def _viewed(request: HttpRequest, response: Any, pk: UUID) -> RequestViewed:
    found = response.context_data["asked"]
    return RequestViewed(object=found.ref, subject=found.asked_by.ref)


@translated
@require_safe
@signed_in
@shows(_viewed)
def own_request(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    found = access.own_request(request, pk)
    context = {"asked": found, "right": RIGHTS[RequestKind(found.kind)], "steps": found.steps.all()}
    return TemplateResponse(request, "compliance/own_request.html", context)


@translated
@require_POST
@signed_in
def request_withdraw(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    found = access.own_request(request, pk)
    try:
        withdraw_request(request=found)
    except DeskError as error:
        messages.error(request, gettext(error.text))
    else:
        said = gettext("You have taken the request back. You may ask again.")
        messages.success(request, said)
    return redirect("privacy:request", pk=pk)


@require_POST
@stepped_up()
def export(request: SignedInRequest) -> HttpResponse:
    """One's own rows as a file."""
    response = HttpResponse(export_own_data(user=request.user), content_type="application/json")
    name = f"my-quietroom-data-{timezone.now():%Y%m%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
