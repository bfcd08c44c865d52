"""Before any session: getting started, trying out, the checklist, and a sign for one's own door."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from audit import services as audit
from audit.events import Ref
from groups import access as groups_access
from groups import queries as groups
from sessions_app import access, queries, services
from sessions_app.events.preparing import (
    ChecklistViewed,
    OnboardingsViewed,
    OnboardingViewed,
    RehearsalShown,
    SignShown,
)
from sessions_app.forms import SignForm, SpaceItems
from sessions_app.onboarding import onboarding_of, onboardings_of
from sessions_app.states import RehearsalKind


@signed_in
@require_safe
@audit.shows(
    lambda request, response, *, pk: OnboardingViewed(
        subject=request.user.ref, group=Ref("group", pk)
    )
)
def start(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    membership = groups_access.live_membership(request, pk)
    context = {"group": membership.group, "onboarding": onboarding_of(membership)}
    return TemplateResponse(request, "sessions_app/start.html", context)


@signed_in
@require_safe
@audit.shows(
    lambda request, response, *, pk: OnboardingsViewed(
        object=Ref("group", pk), group=Ref("group", pk)
    )
)
def start_people(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """For hosts: which steps are done, and nothing of what was answered in them."""
    group = groups_access.group_for_host(request, pk)
    context = {"group": group, "onboardings": onboardings_of(group)}
    return TemplateResponse(request, "sessions_app/start_people.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response: RehearsalShown(subject=request.user.ref))
def try_devices(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        services.rehearse(user=request.user, kind=RehearsalKind.DEVICES)
        messages.success(request, "Noted. You can try again at any time.")
        return redirect("sessions:home")
    return TemplateResponse(request, "sessions_app/try_devices.html", {})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response: RehearsalShown(subject=request.user.ref))
def try_space(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        services.rehearse(user=request.user, kind=RehearsalKind.SPACE)
        messages.success(request, "Noted. You will be asked again before each session.")
        return redirect("sessions:home")
    now = timezone.now()
    context = {
        "items": queries.space_items(groups.program_of(request.user)),
        "next": queries.next_for(request.user, now),
    }
    return TemplateResponse(request, "sessions_app/try_space.html", context)


@signed_in
@require_safe
@audit.shows(lambda request, response, *, pk: SignShown(session=Ref("session", pk)))
def sign(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """To print or copy: neutral words and an hour, no name and no group."""
    session = access.session_for_member(request, pk).session
    form = SignForm(request.GET or None, session=session)
    context = {"session": session, "form": form, "until": form.until()}
    return TemplateResponse(request, "sessions_app/sign.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response: ChecklistViewed())
def space_checklist(request: SignedInRequest) -> HttpResponse:
    program = groups_access.program_for_admin(request)
    first, *others = queries.space_items(program)
    forms = SpaceItems(request.POST or None, initial=[item.stored() for item in others])
    if request.method == "POST" and forms.is_valid():
        services.set_space_checklist(program=program, items=forms.items())
        messages.success(request, "Saved. It holds for everybody who joins from now on.")
        return redirect("sessions:space_checklist")
    context = {"first": first, "forms": forms}
    return TemplateResponse(request, "sessions_app/space_checklist.html", context)
