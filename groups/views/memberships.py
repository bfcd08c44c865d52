"""One membership: the person's own page, and what a host may do about somebody's."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.access import SignedInRequest, signed_in
from accounts.errors import Slowed
from accounts.models import Role
from audit import services as audit
from audit.events import Ref
from groups import access, queries
from groups.errors import AliasRefused, GroupFull, GroupsError
from groups.events import GroupViewed, MembershipViewed
from groups.forms import AddressForm, AliasForm, ChoicesForm, LeaveForm, ReasonForm
from groups.models import Membership
from groups.services import (
    change_alias,
    change_choices,
    excuse_from_camera,
    invite,
    leave_group,
    reinstate,
    remove_membership,
    suspend_membership,
)
from groups.services.invitations import INVITATIONS
from groups.states import SeatRole
from groups.views.people import end_invitation, too_many


@signed_in
@audit.shows(lambda request, response, *, pk: GroupViewed(group=Ref("group", pk), reason="invite"))
def group_invite(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_host(request, pk)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            limits.require(INVITATIONS, request.user.pk)
            invite(
                program=group.program,
                address=form.cleaned_data["address"],
                role=Role.PARTICIPANT,
                invited_by=request.user,
                group=group,
                seat_role=SeatRole.MEMBER,
            )
        except GroupFull as error:
            form.add_error(None, error.text)
        except Slowed as slowed:
            form.add_error(None, too_many(slowed))
        else:
            messages.success(request, "The invitation is on its way. It works for seven days.")
            return redirect("groups:group", pk=pk)
    return TemplateResponse(request, "groups/group_invite.html", {"group": group, "form": form})


@signed_in
@require_POST
def withdraw_group_invitation(
    request: SignedInRequest, *, pk: UUID, invitation: UUID
) -> HttpResponse:
    group = access.group_for_host(request, pk)
    found = queries.open_invitations(group.program).filter(group=group, pk=invitation).first()
    if found is None:
        raise access.refuse(pk, "unknown_invitation")
    end_invitation(request, found)
    return redirect("groups:group", pk=pk)


@signed_in
@audit.shows(
    lambda request, response, *, pk: MembershipViewed(
        subject=request.user.ref, group=Ref("group", pk)
    )
)
def me(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    membership = access.live_membership(request, pk)
    form = _alias_form(request, membership)
    if request.method == "POST" and _alias_changed(form, membership):
        messages.success(request, "Saved. The group sees this name from now on.")
        return redirect("groups:group", pk=pk)
    context = {
        "group": membership.group,
        "own": membership,
        "form": form,
        "choices": ChoicesForm(initial=_chosen(membership)),
        "leaving": LeaveForm(),
    }
    return TemplateResponse(request, "groups/me.html", context)


@signed_in
@require_POST
def choices(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """How the person takes part: their own decision, from the next tile on."""
    own = access.live_membership(request, pk)
    form = ChoicesForm(request.POST)
    if form.is_valid():
        change_choices(membership=own, **form.cleaned_data)
        messages.success(request, "Saved. It holds from now on, also in an open session.")
    return redirect("groups:me", pk=pk)


@signed_in
@require_POST
def accommodation(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    found = access.membership_for_host(request, pk, membership)
    excused = request.POST.get("excused") == "yes"
    excuse_from_camera(membership=found, excused=excused)
    agreed = "Nobody is told why." if excused else "The group's rule holds for this person again."
    messages.success(request, f"Saved. {agreed}")
    return redirect("groups:member", pk=pk, membership=membership)


@signed_in
@require_POST
def leave(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    own = access.own_membership(request, pk)
    if not LeaveForm(request.POST).is_valid():
        messages.error(request, "Please tick that your promise stays, then leave.")
        return redirect("groups:me", pk=pk)
    try:
        leave_group(membership=own)
    except GroupsError as error:
        messages.error(request, error.text)
        return redirect("groups:me", pk=pk)
    messages.success(request, "You have left the group. Your promise to keep its secrets stays.")
    return redirect("/")


def _person_shown(
    request: SignedInRequest, response: HttpResponse, *, pk: UUID, membership: UUID
) -> MembershipViewed:
    found = access.membership_for_host(request, pk, membership)
    return MembershipViewed(object=found.ref, subject=found.user.ref, group=Ref("group", pk))


@signed_in
@require_http_methods(["GET", "POST"])
@audit.shows(_person_shown)
def member(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    """A host's view of one person, who may be given another name in the group."""
    found = access.membership_for_host(request, pk, membership)
    form = _alias_form(request, found)
    if request.method == "POST" and _alias_changed(form, found):
        messages.success(request, "The name is changed.")
        return redirect("groups:member", pk=pk, membership=membership)
    context = {
        "group": found.group,
        "membership": found,
        "form": form,
        "reason_form": ReasonForm(auto_id="pause_%s"),
        "removal_form": ReasonForm(auto_id="remove_%s"),
        "is_self": found.user_id == request.user.pk,
    }
    return TemplateResponse(request, "groups/member.html", context)


@signed_in
@require_POST
def member_suspend(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    found = access.membership_for_host(request, pk, membership)
    _act(
        request,
        lambda: suspend_membership(membership=found, reason=_reason(request)),
        done="Paused. This person cannot enter a session until you end the pause.",
    )
    return redirect("groups:member", pk=pk, membership=membership)


@signed_in
@require_POST
def member_reinstate(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    found = access.membership_for_host(request, pk, membership)
    _act(request, lambda: reinstate(membership=found), done="The pause has ended.")
    return redirect("groups:member", pk=pk, membership=membership)


@signed_in
@require_POST
def member_remove(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    found = access.membership_for_host(request, pk, membership)
    _act(
        request,
        lambda: remove_membership(membership=found, reason=_reason(request)),
        done="Removed. No link and no invitation brings this person back.",
    )
    return redirect("groups:group", pk=pk)


def _act(request: SignedInRequest, service: Callable[[], Membership], *, done: str) -> None:
    try:
        service()
    except GroupsError as error:
        messages.error(request, error.text)
    else:
        messages.success(request, done)


def _reason(request: SignedInRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else "host.decision"


def _alias_form(request: SignedInRequest, membership: Membership) -> AliasForm:
    present = {"alias": membership.alias, "pronouns": membership.pronouns}
    return AliasForm(request.POST or None, initial=present)


def _alias_changed(form: AliasForm, membership: Membership) -> bool:
    if not form.is_valid():
        return False
    try:
        change_alias(membership=membership, **form.cleaned_data)
    except AliasRefused as error:
        form.add_error(error.field, error.text)
        return False
    return True


def _chosen(membership: Membership) -> dict[str, bool]:
    return {name: getattr(membership, name) for name in ChoicesForm.base_fields}
