"""Ages of a group, and who stands for its minors: acts of those who lead it."""

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
from groups.errors import AgeOutside, AgesRefused, GuardianRefused
from groups.events import GroupViewed, MembershipViewed
from groups.forms import AgesForm, BirthDateForm, GuardianForm
from groups.services import correct_birth_date, end_guardian, invite, set_ages
from groups.services.invitations import INVITATIONS
from groups.states import GuardianScope
from groups.views.people import too_many


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response, *, pk: GroupViewed(group=Ref("group", pk), reason="ages"))
def ages(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_staff(request, pk)
    present = {name: getattr(group, name) for name in AgesForm.base_fields}
    form = AgesForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            set_ages(group=group, **form.cleaned_data)
        except AgesRefused as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, "Saved. It holds for everybody who comes from now on.")
            return redirect("groups:group", pk=pk)
    return TemplateResponse(request, "groups/group_ages.html", {"group": group, "form": form})


def _viewed(
    request: SignedInRequest, response: HttpResponse, *, pk: UUID, membership: UUID
) -> MembershipViewed:
    found = access.membership_for_host(request, pk, membership)
    return MembershipViewed(object=found.ref, subject=found.user.ref, group=Ref("group", pk))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(_viewed)
def guardians(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    """Who stands for this member, and the invitation of somebody who will."""
    ward = access.membership_for_host(request, pk, membership)
    form = GuardianForm(request.POST or None, initial={"scope": GuardianScope.SIGN.value})
    if request.method == "POST" and form.is_valid():
        try:
            limits.require(INVITATIONS, request.user.pk)
            invite(
                program=ward.group.program,
                address=form.cleaned_data["address"],
                role=Role.GUARDIAN,
                invited_by=request.user,
                ward=ward,
                guardian_scope=GuardianScope(form.cleaned_data["scope"]),
            )
        except GuardianRefused as error:
            form.add_error(None, error.text)
        except Slowed as slowed:
            form.add_error(None, too_many(slowed))
        else:
            messages.success(request, "The invitation is on its way. It works for seven days.")
            return redirect("groups:guardians", pk=pk, membership=membership)
    born_on = ward.user.profile.born_on
    context = {
        "group": ward.group,
        "ward": ward,
        "links": queries.guardians_of(ward),
        "invited": queries.open_invitations(ward.group.program).filter(ward=ward),
        "form": form,
        "birth_form": BirthDateForm(initial={"born_on": born_on}),
        "born_on": born_on,
        "is_minor": queries.is_minor(ward),
    }
    return TemplateResponse(request, "groups/guardians.html", context)


@signed_in
@require_POST
def guardian_end(
    request: SignedInRequest, *, pk: UUID, membership: UUID, link: UUID
) -> HttpResponse:
    ward = access.membership_for_host(request, pk, membership)
    found = queries.guardians_of(ward).filter(pk=link).first()
    if found is None:
        raise access.refuse(pk, "unknown_guardian")
    end_guardian(link=found)
    messages.success(request, "Ended. The minor's door asks for another guardian's signature.")
    return redirect("groups:guardians", pk=pk, membership=membership)


@signed_in
@require_POST
def birth_date(request: SignedInRequest, *, pk: UUID, membership: UUID) -> HttpResponse:
    found = access.membership_for_host(request, pk, membership)
    form = BirthDateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Write the date of birth. Nothing was changed.")
        return redirect("groups:guardians", pk=pk, membership=membership)
    try:
        correct_birth_date(membership=found, born=form.cleaned_data["born_on"])
    except AgeOutside:
        messages.error(request, "This date does not fit the group's ages. Nothing was changed.")
    else:
        messages.success(request, "The date of birth is kept, encrypted.")
    return redirect("groups:guardians", pk=pk, membership=membership)
