"""Today: the one next thing for each role."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.access import SignedInRequest, signed_in
from accounts.models import Role
from audit import services as audit
from consent import queries as consent
from groups import queries as groups
from groups.states import MembershipState
from sessions_app import queries
from sessions_app.events import TodayShown
from sessions_app.onboarding import onboarding_of


@signed_in
@audit.shows(lambda request, response: TodayShown(subject=request.user.ref))
def home(request: SignedInRequest) -> HttpResponse:
    page = {
        Role.PARTICIPANT: _member,
        Role.THERAPIST: _therapist,
        Role.ADMIN: _admin,
        Role.COMPLIANCE: _compliance,
        Role.GUARDIAN: _guardian,
    }[Role(request.user.role)]
    return page(request)


def _member(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    memberships = list(groups.memberships_of(request.user))
    live = [member.group for member in memberships if member.is_live]
    context = {
        "now": now,
        "next": queries.next_for(request.user, now),
        "later": queries.coming_for(request.user, now)[1:4],
        "due": [paper for group in live for paper in consent.papers_due(request.user, group)],
        "groups": live,
        "starting": [onboarding_of(member) for member in memberships if member.is_live],
        "paused": [m for m in memberships if m.state == MembershipState.SUSPENDED],
    }
    return TemplateResponse(request, "sessions_app/today_member.html", context)


def _therapist(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    coming = list(queries.coming_for(request.user, now)[:10])
    context = {
        "now": now,
        "next": coming[0] if coming else None,
        "later": coming[1:],
        "groups": groups.visible_to(request.user),
    }
    return TemplateResponse(request, "sessions_app/today_therapist.html", context)


def _admin(request: SignedInRequest) -> HttpResponse:
    context = {
        "groups": groups.visible_to(request.user),
        "program": groups.program_of(request.user),
    }
    return TemplateResponse(request, "sessions_app/today_admin.html", context)


def _compliance(request: SignedInRequest) -> HttpResponse:
    return TemplateResponse(request, "sessions_app/today_compliance.html", {})


def _guardian(request: SignedInRequest) -> HttpResponse:
    """Papers to sign for a minor are all there is."""
    return redirect("consent:papers")
