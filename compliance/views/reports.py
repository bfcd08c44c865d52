"""Reports for printing, the export, and the one place where a true name is shown."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audit import queries
from audit.events import Ref
from audit.exporting import NothingToExport
from audit.services import shows
from compliance import access
from compliance.access import desk_page
from compliance.events import PersonReportViewed, SessionReportViewed
from compliance.forms.explorer import AuditFilterForm, ReportPeriodForm
from compliance.forms.reveal import RevealForm
from compliance.queries.explorer import MOST_EXPORTED, lines_of
from compliance.queries.names import Names
from compliance.queries.reports import person_report, session_report
from compliance.services.exports import exported
from compliance.services.reveals import reveal_name
from compliance.states import RevealReason
from compliance.views.explorer import query_of
from groups.access import ProgramRequest

REPORT_DAYS = 183


def _session_viewed(request: HttpRequest, response: Any, pk: UUID) -> SessionReportViewed:
    group = response.context_data["report"].session.group
    return SessionReportViewed(session=Ref("session", pk), group=group.ref)


@require_safe
@desk_page
@shows(_session_viewed)
def session(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """Admissions and host acts of one session, oldest first."""
    found = access.session_of(request, pk)
    context = {
        "report": session_report(found, program=request.program),
        "zone": found.timezone,
        "made_at": timezone.now(),
        "log": queries.log_state(),
    }
    return TemplateResponse(request, "compliance/session_report.html", context)


@require_safe
@desk_page
@shows(lambda request, response, pk: PersonReportViewed(subject=Ref("user", pk)))
def person(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """Who opened this person's record."""
    found = access.person_of(request, pk)
    form = ReportPeriodForm(request.GET)
    since = _since(form, ZoneInfo(request.program.timezone))
    context = {
        "report": person_report(found, program=request.program, since=since),
        "person": found,
        "form": form,
        "zone": request.program.timezone,
        "made_at": timezone.now(),
        "log": queries.log_state(),
    }
    return TemplateResponse(request, "compliance/person_report.html", context)


@desk_page
def reveal(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """Asks for a reason; the answer shows the name once and is kept nowhere."""
    found = access.person_of(request, pk)
    form = RevealForm(request.POST or None)
    name = ""
    if request.method == "POST" and form.is_valid():
        name = reveal_name(person=found, reason=RevealReason(form.cleaned_data["reason"]))
    context = {
        "form": form,
        "person": found,
        "known_as": Names.of_people([pk], request.program).person(found.ref),
        "true_name": name,
        "is_shown": request.method == "POST" and form.is_valid(),
    }
    return TemplateResponse(request, "compliance/reveal.html", context)


@require_POST
@desk_page
def export(request: ProgramRequest) -> HttpResponse:
    """What the filter finds, with proofs, as a file."""
    form = AuditFilterForm(request.GET, program=request.program)
    back = redirect(f"{reverse('compliance:log')}?{query_of(request)}")
    if not form.is_valid():
        return back
    found = queries.entries(form.wanted(), limit=MOST_EXPORTED)
    lines = lines_of(found, request.program)
    try:
        bundle = exported(lines, ZoneInfo(request.program.timezone))
    except NothingToExport:
        messages.error(request, "None of these is signed yet. Try again in a few seconds.")
        return back
    response = HttpResponse(bundle, content_type="application/zip")
    name = f"audit-{timezone.now():%Y%m%d-%H%M%S}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _since(form: ReportPeriodForm, zone: ZoneInfo) -> datetime:
    day = form.cleaned_data["since"] if form.is_valid() else None
    if day is None:
        return datetime.now(UTC) - timedelta(days=REPORT_DAYS)
    return datetime.combine(day, time(), zone)
