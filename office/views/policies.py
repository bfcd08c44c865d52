"""The rules of all groups in one table; each is changed by the service that always changes it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from audit import services as audit
from audit.events import Ref
from consent.forms import PaperPolicyForm
from consent.kinds import DocumentKind
from consent.queries import policy_of
from consent.services import set_paper_policy
from groups.access import ProgramRequest
from groups.errors import GroupFull
from groups.forms import RulesForm
from groups.models import Group
from groups.queries import visible_to
from groups.services import change_policy
from office import access
from office.access import office_page
from office.events import PoliciesViewed
from office.queries.policies import policies_of

TERMS = ("reaffirm_days", "grace_days", "review_days")


@require_safe
@office_page
@audit.shows(lambda request, response: PoliciesViewed())
def policies(request: ProgramRequest) -> HttpResponse:
    found = policies_of(visible_to(request.user))
    context = {"policies": found, "kinds": len(DocumentKind)}
    return TemplateResponse(request, "office/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
@audit.shows(lambda request, response, *, pk: PoliciesViewed(group=Ref("group", pk)))
def policy(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """Two forms, for the room and for the papers; `which` says which one was sent."""
    group = access.group_of(request, pk)
    which = request.POST.get("which")
    terms = policy_of(group)
    room = RulesForm(
        request.POST if which == "room" else None,
        initial={name: getattr(group, name) for name in RulesForm.base_fields},
    )
    papers = PaperPolicyForm(
        request.POST if which == "papers" else None,
        initial={name: getattr(terms, name) for name in TERMS},
    )
    if (which == "room" and _room_changed(room, group)) or (
        which == "papers" and _papers_changed(papers, group)
    ):
        messages.success(request, "Saved. It holds from now on.")
        return redirect("office:policies")
    context = {"group": group, "room": room, "papers": papers}
    return TemplateResponse(request, "office/policy.html", context)


def _room_changed(form: RulesForm, group: Group) -> bool:
    if not form.is_valid():
        return False
    try:
        change_policy(group=group, **form.cleaned_data)
    except GroupFull:
        form.add_error("capacity", "More people than this belong to the group already.")
        return False
    return True


def _papers_changed(form: PaperPolicyForm, group: Group) -> bool:
    if not form.is_valid():
        return False
    set_paper_policy(group=group, **form.cleaned_data)
    return True
