"""The compliance officer's pages. Each asks for the role and a fresh factor and is audited."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required, stepped_up
from accounts.models import Role
from audit.queries import log_state
from audit.services import shows
from compliance.events import AuditLogViewed
from compliance.forms import AuditFilterForm, position_of
from compliance.queries import Page, audit_page


def _viewed(request: HttpRequest, response: HttpResponse) -> AuditLogViewed:
    shown: dict[str, Any] = getattr(response, "context_data", None) or {}
    form: AuditFilterForm = shown["form"]
    wanted = form.wanted() if form.is_valid() else None
    return AuditLogViewed(
        subject=wanted.person if wanted else None,
        session=wanted.session if wanted else None,
        entries=len(shown["page"].lines),
        earlier="before" in request.GET,
    )


@require_safe
@role_required(Role.COMPLIANCE)
@stepped_up()
@shows(_viewed)
def desk(request: SignedInRequest) -> HttpResponse:
    """The audit log in words, newest first."""
    form = AuditFilterForm(request.GET)
    before = position_of(request.GET.get("before", ""))
    page = audit_page(form.wanted(), before=before) if form.is_valid() else Page([], None)
    context = {
        "form": form,
        "page": page,
        "log": log_state(),
        "is_filtered": any(form.cleaned_data.values()),
        "is_earlier": before is not None,
        "earlier_query": _earlier_query(request, page),
    }
    return TemplateResponse(request, "compliance/desk.html", context)


def _earlier_query(request: HttpRequest, page: Page) -> str:
    if page.next is None:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return "?" + urlencode({**kept, "before": str(page.next)})
