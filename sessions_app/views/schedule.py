"""Planning sessions: by a host of the group, or by the programme's admin."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from audit import services as audit
from audit.events import Event, Ref
from groups.access import group_for_staff
from sessions_app import access, queries, services
from sessions_app.errors import TransitionRefused
from sessions_app.events import ScheduleShown
from sessions_app.forms import ScheduleForm


def _schedule_shown(request: HttpRequest, response: HttpResponse, *, pk: UUID) -> Event:
    return ScheduleShown(group=Ref("group", pk))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(_schedule_shown)
def schedule(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = group_for_staff(request, pk)
    form = ScheduleForm(request.POST or None, group=group)
    if form.is_valid():
        services.schedule_session(
            group=group,
            by=request.user,
            opens_at=form.cleaned_data["opens_at"],
            closes_at=form.cleaned_data["closes_at"],
            timezone=group.timezone,
        )
        messages.success(request, "The session is planned. Everybody in the group sees it.")
        return redirect("sessions:schedule", pk=pk)
    now = timezone.now()
    context = {
        "group": group,
        "form": form,
        "now": now,
        "sessions": queries.scheduled_for(group, now),
    }
    return TemplateResponse(request, "sessions_app/schedule.html", context)


@signed_in
@require_POST
def cancel(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    session = access.session_for_staff(request, pk)
    try:
        services.cancel_session(session=session)
    except TransitionRefused:
        messages.warning(request, "The doors of this session are already open: end it instead.")
    else:
        messages.success(request, "The session is cancelled.")
    return redirect("sessions:schedule", pk=session.group_id)
