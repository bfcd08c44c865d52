"""Lost second factors of the programme's people: two different staff approve, after a call."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, role_required, stepped_up
from accounts.errors import ApprovalRefused
from accounts.events import FactorResetsShown
from accounts.models import FactorReset, Role
from accounts.queries import factor_resets_waiting
from accounts.services.factor_resets import approve_factor_reset, cancel_factor_reset
from audit import services as audit
from groups import access, queries

APPROVERS = (Role.THERAPIST, Role.ADMIN)


@require_safe
@role_required(*APPROVERS)
@stepped_up()
@audit.shows(lambda request, response: FactorResetsShown())
def factor_resets(request: SignedInRequest) -> HttpResponse:
    people = queries.people_of(access.program_for_staff(request))
    waiting = [reset for reset in factor_resets_waiting(people) if reset.user != request.user]
    return TemplateResponse(request, "groups/factor_resets.html", {"waiting": waiting})


@require_POST
@role_required(*APPROVERS)
@stepped_up()
def approve(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    reset = _waiting(request, pk)
    try:
        approved = approve_factor_reset(reset=reset, by=request.user)
    except ApprovalRefused:
        messages.warning(request, "You cannot approve this one. It needs two different people.")
    else:
        messages.success(request, _what_follows(approved))
    return redirect("groups:factor_resets")


@require_POST
@role_required(*APPROVERS)
@stepped_up()
def refuse(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    cancel_factor_reset(reset=_waiting(request, pk), reason="staff.refused")
    messages.success(request, "Refused. Nothing was changed; the person can ask again.")
    return redirect("groups:factor_resets")


def _waiting(request: SignedInRequest, pk: UUID) -> FactorReset:
    people = queries.people_of(access.program_for_staff(request))
    reset = factor_resets_waiting(people).filter(pk=pk).first()
    if reset is None:
        raise access.refuse_reset(pk)
    return reset


def _what_follows(reset: FactorReset) -> str:
    if reset.second_approval_by_id is None:
        return "Approved by you. A second person has to approve it too."
    return "Approved by two. The person is told now, and in 24 hours the lost step is removed."
