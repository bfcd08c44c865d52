"""The explorer: the log in words, one entry, saved views. Each page is itself an entry."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.events import Ref
from audit.queries import log_state, newest_anchor
from audit.services import shows
from compliance import access
from compliance.access import desk_page
from compliance.errors import TooManyViews
from compliance.events import AuditLogViewed, EntryViewed
from compliance.forms.explorer import (
    AuditFilterForm,
    SaveViewForm,
    position_of,
    recent_sessions,
)
from compliance.queries.explorer import Page, around, audit_page
from compliance.services.views import forget_view, save_view
from groups.access import ProgramRequest


def _viewed(request: HttpRequest, response: HttpResponse) -> AuditLogViewed:
    shown: dict[str, Any] = getattr(response, "context_data", None) or {}
    form: AuditFilterForm = shown["form"]
    wanted = form.wanted() if form.is_valid() else None
    return AuditLogViewed(
        subject=(wanted.person or wanted.actor) if wanted else None,
        group=wanted.group if wanted else None,
        session=wanted.session if wanted else None,
        entries=len(shown["page"].lines),
        earlier="before" in request.GET,
    )


@require_safe
@desk_page
@shows(_viewed)
def log(request: ProgramRequest) -> HttpResponse:
    """The audit log in words, newest first."""
    form = AuditFilterForm(request.GET, program=request.program)
    before = position_of(request.GET.get("before", ""))
    page = Page([])
    if form.is_valid():
        page = audit_page(form.wanted(), program=request.program, before=before)
    context = {
        "form": form,
        "page": page,
        "log": log_state(),
        "anchor": newest_anchor(),
        "zone": request.program.timezone,
        "sessions": recent_sessions(request.program),
        "views": access.views_of(request.user),
        "save_form": SaveViewForm(),
        "is_filtered": any(form.cleaned_data.values()),
        "is_earlier": before is not None,
        "query": query_of(request),
        "earlier_query": _earlier_query(request, page),
    }
    return TemplateResponse(request, "compliance/log.html", context)


@require_safe
@desk_page
@shows(lambda request, response, pk: EntryViewed(object=Ref("entry", pk)))
def entry(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """One entry with its proof, and what came before and after."""
    context = {"found": around(pk, program=request.program), "zone": request.program.timezone}
    found = HTTPStatus.OK if context["found"] else HTTPStatus.NOT_FOUND
    return TemplateResponse(request, "compliance/entry.html", context, status=found)


@require_POST
@desk_page
def keep_view(request: ProgramRequest) -> HttpResponse:
    """Keeps the filter that the page shows, under a name."""
    form = SaveViewForm(request.POST)
    filters = AuditFilterForm(request.GET, program=request.program)
    if not form.is_valid() or not filters.is_valid():
        messages.error(request, "Give the view a name of up to 60 letters, and save it again.")
        return redirect(_log(query_of(request)))
    try:
        save_view(owner=request.user, name=form.cleaned_data["name"], query=query_of(request))
    except TooManyViews as error:
        messages.error(request, error.text)
    else:
        messages.success(request, "The view is kept. Find it above the list.")
    return redirect(_log(query_of(request)))


@require_POST
@desk_page
def drop_view(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    forget_view(view=access.view_of(request, pk))
    messages.success(request, "The view is deleted.")
    return redirect("compliance:log")


def query_of(request: HttpRequest) -> str:
    """The filter as a query string without the page's position."""
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return urlencode(kept)


def _log(query: str) -> str:
    return f"{reverse('compliance:log')}?{query}"


def _earlier_query(request: HttpRequest, page: Page) -> str:
    if page.next is None:
        return ""
    position = urlencode({"before": str(page.next)})
    return "?" + "&".join(filter(None, (query_of(request), position)))
