"""Alerts: the list, one with the entries it rests on, and the decision."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from audit.events import Ref
from audit.services import shows
from compliance import access
from compliance.access import desk_page
from compliance.detectors import RULES
from compliance.errors import StepRefused
from compliance.events import AlertsViewed, AlertViewed
from compliance.forms.decisions import AlertForm
from compliance.models import Alert
from compliance.queries.alerts import OPEN, alerts_for
from compliance.queries.explorer import lines_of
from compliance.queries.names import Names, Party
from compliance.services.alerts import decide_alert, named_entries
from compliance.states import AlertReason, AlertState, Detector
from groups.access import ProgramRequest
from groups.models import Program

SHOWN = 100
TONES = {
    AlertState.RAISED: "warn",
    AlertState.ESCALATED: "danger",
    AlertState.DISMISSED: "neutral",
    AlertState.RESOLVED: "ok",
}


@require_safe
@desk_page
@shows(lambda request, response: AlertsViewed())
def alerts(request: ProgramRequest) -> HttpResponse:
    found = list(alerts_for(request.program)[:SHOWN])
    told = told_of(found, request.program)
    context = {
        "open": [one for one in told if one["alert"].state in OPEN],
        "decided": [one for one in told if one["alert"].state not in OPEN],
        "rules": RULES.values(),
        "zone": request.program.timezone,
    }
    return TemplateResponse(request, "compliance/alerts.html", context)


def _viewed(request: HttpRequest, response: Any, pk: UUID) -> AlertViewed:
    alert: Alert = response.context_data["alert"]
    return AlertViewed(object=alert.ref, subject=alert.about_person)


@require_safe
@desk_page
@shows(_viewed)
def alert(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    found = access.alert_of(request, pk)
    return TemplateResponse(request, "compliance/alert.html", _context(request, found))


@require_POST
@desk_page
def decide(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    found = access.alert_of(request, pk)
    form = AlertForm(request.POST, present=AlertState(found.state))
    if not form.is_valid():
        messages.error(request, "Choose what you decide, and why. Nothing was changed.")
        return redirect("compliance:alert", pk=pk)
    told = form.cleaned_data
    try:
        decide_alert(
            alert=found,
            by=request.user,
            state=AlertState(told["state"]),
            reason=AlertReason(told["reason"]),
            comment=told["comment"],
        )
    except StepRefused as error:
        messages.error(request, error.text)
    else:
        messages.success(request, "Your decision is kept with the alert.")
    return redirect("compliance:alert", pk=pk)


def told_of(found: list[Alert], program: Program) -> list[dict[str, Any]]:
    """Each alert with the words for whom it is about."""
    people = {one.about_person.id for one in found if one.about_person}
    names = Names.of_people((pk for pk in people if isinstance(pk, UUID)), program)
    return [
        {
            "alert": one,
            "about": _party(one, names),
            "tone": TONES[AlertState(one.state)],
            "count": len(one.entries),
        }
        for one in found
    ]


def _party(alert: Alert, names: Names) -> Party | None:
    if alert.about_person:
        return names.person(alert.about_person)
    kind, _, found = alert.about.partition(":")
    return Party(f"Network address {found}") if kind == "address" else None


def _context(request: ProgramRequest, found: Alert) -> dict[str, Any]:
    state = AlertState(found.state)
    return {
        **told_of([found], request.program)[0],
        "rule": RULES[Detector(found.detector)],
        "lines": lines_of(named_entries(found), request.program),
        "steps": _steps(found, request.program),
        "form": AlertForm(present=state) if found.is_open else None,
        "zone": request.program.timezone,
    }


def _steps(found: Alert, program: Program) -> list[dict[str, Any]]:
    steps = list(found.steps.select_related("by"))
    names = Names.of_people((step.by_id for step in steps), program)
    return [
        {
            "who": names.person(Ref("user", step.by_id)),
            "step": step,
            "reason": AlertReason(step.reason).label,
        }
        for step in steps
    ]
