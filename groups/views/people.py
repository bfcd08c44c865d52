"""The programme's people, for its admin: invite, suspend, end an invitation."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.access import SignedInRequest, role_required
from accounts.errors import Slowed
from accounts.models import Role, User
from accounts.services import reinstate_account, suspend_account
from audit import services as audit
from groups import access, queries
from groups.errors import InvitationEnded
from groups.events import PeopleListed
from groups.forms import StaffInvitationForm
from groups.models import Invitation
from groups.services import invite, withdraw_invitation
from groups.services.invitations import INVITATIONS


@role_required(Role.ADMIN)
@require_safe
@audit.shows(lambda request, response: PeopleListed())
def people(request: SignedInRequest) -> HttpResponse:
    program = access.program_for_admin(request)
    everybody = queries.people_of(program)
    context = {
        "program": program,
        "staff": [user for user in everybody if user.is_staff],
        "members": [user for user in everybody if not user.is_staff],
        "invitations": queries.open_invitations(program).filter(group=None),
    }
    return TemplateResponse(request, "groups/people.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def invite_person(request: SignedInRequest) -> HttpResponse:
    program = access.program_for_admin(request)
    form = StaffInvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            limits.require(INVITATIONS, request.user.pk)
            invite(
                program=program,
                address=form.cleaned_data["address"],
                role=Role(form.cleaned_data["role"]),
                invited_by=request.user,
            )
        except Slowed as slowed:
            form.add_error(None, too_many(slowed))
        else:
            messages.success(request, "The invitation is on its way. It works for seven days.")
            return redirect("groups:people")
    return TemplateResponse(request, "groups/invite_person.html", {"form": form})


@role_required(Role.ADMIN)
@require_POST
def suspend_person(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    person = _other_person(request, pk)
    if person.is_active:
        suspend_account(user=person, reason="admin.decision")
    messages.success(request, "Suspended. Every sign-in of this person has ended.")
    return redirect("groups:people")


@role_required(Role.ADMIN)
@require_POST
def reinstate_person(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    person = _other_person(request, pk)
    if not person.is_active:
        reinstate_account(user=person, reason="admin.decision")
    messages.success(request, "This person can sign in again.")
    return redirect("groups:people")


@role_required(Role.ADMIN)
@require_POST
def withdraw_staff_invitation(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    program = access.program_for_admin(request)
    found = queries.open_invitations(program).filter(group=None, pk=pk).first()
    if found is None:
        raise Http404
    end_invitation(request, found)
    return redirect("groups:people")


def end_invitation(request: SignedInRequest, invitation: Invitation) -> None:
    try:
        withdraw_invitation(invitation=invitation)
    except InvitationEnded:
        messages.warning(request, "This invitation was used or ended in the meantime.")
    else:
        messages.success(request, "The invitation has ended; its link opens nothing any more.")


def too_many(slowed: Slowed) -> str:
    return f"That were many invitations at once. Please go on in {slowed.wait_seconds} seconds."


def _other_person(request: SignedInRequest, pk: UUID) -> User:
    """Somebody of the admin's programme, never the admin: nobody locks themselves out."""
    program = access.program_for_admin(request)
    person = queries.people_of(program).filter(pk=pk).exclude(pk=request.user.pk).first()
    if person is None:
        raise access.refuse_person(pk)
    return person
