"""A group's pages: for its members, its hosts and the programme's admin."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from audit import services as audit
from audit.events import Event, Ref
from groups import access, ages, aliases, passphrases, queries
from groups.errors import AliasRefused, GroupFull
from groups.events import GroupsListed, GroupViewed, RosterViewed
from groups.forms import CoHostForm, NewGroupForm, PassphraseForm, RulesForm
from groups.models import Group
from groups.services import add_member, change_policy, create_group, set_passphrase
from groups.states import CameraPolicy, SeatRole

HOST_PAGE = "groups/group_host.html"


def _what_was_shown(request: HttpRequest, response: TemplateResponse, *, pk: UUID) -> Event:
    kind = RosterViewed if response.template_name == HOST_PAGE else GroupViewed
    return kind(object=Ref("group", pk), group=Ref("group", pk))


@signed_in
@require_safe
@audit.shows(lambda request, response: GroupsListed())
def groups_list(request: SignedInRequest) -> HttpResponse:
    context = {
        "groups": queries.visible_to(request.user),
        "may_create": request.user.role == Role.ADMIN,
    }
    return TemplateResponse(request, "groups/groups_list.html", context)


@signed_in
@require_safe
@audit.shows(_what_was_shown)
def group(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    if request.user.role == Role.ADMIN:
        return _admin_page(request, access.group_for_admin(request, pk))
    membership = access.own_membership(request, pk)
    if not membership.is_live:
        return TemplateResponse(request, "groups/group_paused.html", {"membership": membership})
    context = {
        "group": membership.group,
        "own": membership,
        "fits_ages": ages.member_fits(membership),
        "roster": queries.roster_of(membership.group),
    }
    if not membership.is_host:
        return TemplateResponse(request, "groups/group.html", context)
    context["invitations"] = queries.open_invitations(membership.group.program).filter(group=pk)
    return TemplateResponse(request, HOST_PAGE, context)


def _admin_page(request: SignedInRequest, group: Group) -> HttpResponse:
    """Therapists and numbers; who the members are is for the group's hosts."""
    roster = queries.roster_of(group)
    context = {
        "group": group,
        "hosts": [membership for membership in roster if membership.role in ("host", "cohost")],
        "people": len(roster),
    }
    return TemplateResponse(request, "groups/group_admin.html", context)


@role_required(Role.ADMIN)
@audit.shows(lambda request, response: GroupsListed(reason="therapists"))
def group_new(request: SignedInRequest) -> HttpResponse:
    program = access.program_for_admin(request)
    form = NewGroupForm(request.POST or None, program=program)
    if request.method == "POST" and form.is_valid():
        host = form.cleaned_data["therapist"]
        made = create_group(
            program=program,
            name=form.cleaned_data["name"],
            host=host,
            host_alias=aliases.suggested_for(host.profile.true_name, otherwise="Therapist"),
            timezone=form.cleaned_data["timezone"],
            capacity=form.cleaned_data["capacity"],
            camera_policy=CameraPolicy(form.cleaned_data["camera_policy"]),
            require_e2ee=form.cleaned_data["require_e2ee"],
        )
        messages.success(request, "The group exists. Its therapist can now prepare it.")
        return redirect("groups:group", pk=made.pk)
    has_therapists = form.fields["therapist"].queryset.exists()  # type: ignore[attr-defined]
    context = {"form": form, "has_therapists": has_therapists}
    return TemplateResponse(request, "groups/group_new.html", context)


@signed_in
@audit.shows(lambda request, response, *, pk: GroupViewed(group=Ref("group", pk), reason="rules"))
def group_policy(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_staff(request, pk)
    present = {name: getattr(group, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            change_policy(group=group, **form.cleaned_data)
        except GroupFull:
            form.add_error("capacity", "More people than this belong to the group already.")
        else:
            messages.success(request, "The rules are saved.")
            return redirect("groups:group", pk=pk)
    context = {"group": group, "form": form}
    return TemplateResponse(request, "groups/group_policy.html", context)


@signed_in
@audit.shows(
    lambda request, response, *, pk: GroupViewed(group=Ref("group", pk), reason="passphrase")
)
def group_passphrase(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """The new passphrase is in this one answer and can never be shown again."""
    group = access.group_for_host(request, pk)
    wants_made = "make" in request.POST
    form = PassphraseForm(request.POST if request.method == "POST" and not wants_made else None)
    shown = ""
    if request.method == "POST" and (wants_made or form.is_valid()):
        new = passphrases.made() if wants_made else form.cleaned_data["passphrase"]
        try:
            group = set_passphrase(group=group, passphrase=new)
            shown = new
        except ValidationError as error:
            form.add_error("passphrase", error)
    context = {"group": group, "form": form, "shown": shown}
    return TemplateResponse(request, "groups/group_passphrase.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@audit.shows(lambda request, response, *, pk: GroupViewed(group=Ref("group", pk), reason="hosts"))
def host_add(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """Another therapist of the programme becomes co-host."""
    group = access.group_for_admin(request, pk)
    present = queries.roster_of(group).values_list("user_id", flat=True)
    form = CoHostForm(request.POST or None, program=group.program, present=present)
    if request.method == "POST" and form.is_valid():
        therapist, alias = form.cleaned_data["therapist"], form.cleaned_data["alias"]
        try:
            add_member(group=group, user=therapist, role=SeatRole.COHOST, alias=alias)
        except AliasRefused as error:
            form.add_error("alias", error.text)
        except GroupFull as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, "The co-therapist is named and has papers to sign.")
            return redirect("groups:group", pk=pk)
    return TemplateResponse(request, "groups/host_add.html", {"group": group, "form": form})
