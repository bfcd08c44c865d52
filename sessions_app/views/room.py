"""The room's frame, and the page after it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.access import SignedInRequest, signed_in
from audit import services as audit
from audit.events import Event, Ref
from sessions_app import access, gates, queries
from sessions_app.events import LeftShown, RoomShown
from sessions_app.ground_rules import GROUND_RULES
from sessions_app.models import Admission
from sessions_app.states import AdmissionState
from sessions_app.steps import next_page
from sessions_app.views.prejoin import attempt_for


def _room_shown(request: SignedInRequest, response: HttpResponse, *, pk: UUID) -> Event:
    return RoomShown(session=Ref("session", pk), subject=request.user.ref)


def _left_shown(request: SignedInRequest, response: HttpResponse, *, pk: UUID) -> Event:
    return LeftShown(session=Ref("session", pk), subject=request.user.ref)


@signed_in
@audit.shows(_room_shown)
def room(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """Waiting room, room and host rail: one page, behind every gate.

    Who sits already may reload it although a gate has closed since.
    """
    attempt = attempt_for(request, pk)
    held = queries.live_admission(request.user, attempt.session)
    is_seated = held is not None and held.is_seated
    if gates.first_closed(attempt) is not None and not is_seated:
        return redirect(next_page(attempt))
    context = {
        "attempt": attempt,
        "session": attempt.session,
        "membership": attempt.membership,
        "mode": attempt.prejoin.mode,
        "rules": GROUND_RULES,
    }
    return TemplateResponse(request, "sessions_app/room.html", context)


@signed_in
@audit.shows(_left_shown)
def left(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """What was kept, said truthfully; own past only, so it answers blocked people too."""
    admission = access.own_admission(request, pk)
    now = timezone.now()
    context = {
        "session": admission.session,
        "was_seated": admission.decided_at is not None and admission.connected_at is not None,
        "may_return": _may_return(request, admission),
        "next": queries.coming_for(request.user, now).exclude(pk=pk).first(),
        "now": now,
    }
    return TemplateResponse(request, "sessions_app/left.html", context)


def _may_return(request: SignedInRequest, admission: Admission) -> bool:
    if admission.state == AdmissionState.REMOVED:
        return False
    session = admission.session
    is_open = session.is_joinable and session.is_within_window(timezone.now())
    return is_open and access.standing_of(request.user, session.pk) is not None
