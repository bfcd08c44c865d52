"""The desk's side of requests about records: what waits, until when, and the answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import shows
from compliance import access
from compliance.access import desk_page
from compliance.errors import DeskError
from compliance.events import RequestsListed, RequestViewed
from compliance.forms.requests import AnswerForm
from compliance.models import PrivacyRequest
from compliance.queries.names import Names
from compliance.queries.requests import OPEN, requests_for
from compliance.rights import RIGHTS
from compliance.services.requests import answer_request, extend_request
from compliance.states import RequestKind, RequestOutcome, RequestState
from groups.access import ProgramRequest

SHOWN = 100


@require_safe
@desk_page
@shows(lambda request, response: RequestsListed())
def requests(request: ProgramRequest) -> HttpResponse:
    found = requests_for(request.program).select_related("asked_by")
    names = Names.of_people((one.asked_by_id for one in found), request.program)
    told = [(one, names.person(one.asked_by.ref)) for one in found[:SHOWN]]
    context = {
        "open": [(asked, who) for asked, who in told if asked.state in OPEN],
        "closed": [(asked, who) for asked, who in reversed(told) if asked.state not in OPEN],
        "rights": [(kind.label, right) for kind, right in RIGHTS.items()],
    }
    return TemplateResponse(request, "compliance/requests.html", context)


def _viewed(request: HttpRequest, response: Any, pk: UUID) -> RequestViewed:
    found = response.context_data["asked"]
    return RequestViewed(object=found.ref, subject=found.asked_by.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
@shows(_viewed)
def request_page(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """One request with its history; while it is open, the form that answers it."""
    found = access.request_of(request, pk)
    form = AnswerForm(request.POST or None, present=RequestState(found.state))
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, found, **form.cleaned_data)
        except DeskError as error:
            messages.error(request, error.text)
        else:
            messages.success(request, "Kept. The person is told by mail that there is an answer.")
        return redirect("compliance:request", pk=pk)
    names = Names.of_people([found.asked_by_id], request.program)
    context = {
        "asked": found,
        "who": names.person(found.asked_by.ref),
        "right": RIGHTS[RequestKind(found.kind)],
        "steps": found.steps.all(),
        "form": form if found.is_open and found.asked_by_id != request.user.pk else None,
        "is_own": found.asked_by_id == request.user.pk,
    }
    return TemplateResponse(request, "compliance/request.html", context)


def _decide(request: ProgramRequest, found: PrivacyRequest, *, outcome: str, comment: str) -> None:
    if outcome == AnswerForm.MORE_TIME:
        extend_request(request=found, by=request.user, comment=comment)
    else:
        answer_request(
            request=found, by=request.user, outcome=RequestOutcome(outcome), comment=comment
        )
