"""Our rules: what is in force, what is under discussion, who pledged; the same page for all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.languages import translated
from audit import services as audit
from audit.events import Ref
from consent import queries, services
from consent.errors import ConsentError
from consent.events import RulesViewed
from consent.forms import PledgeForm
from consent.kinds import DocumentKind
from consent.models import AgreementVersion
from consent.overview import is_review_due
from consent.pledge import SENTENCE
from consent.rules import may_discuss, rules_of, takes_part
from consent.translating import Reading, languages_of, reading_of
from groups import access
from groups.models import Membership


@translated
@signed_in
@require_safe
@audit.shows(
    lambda request, response, *, pk: RulesViewed(object=Ref("group", pk), group=Ref("group", pk))
)
def rules(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    membership = access.live_membership(request, pk)
    group = membership.group
    ground_rules = queries.version_in_force(group, DocumentKind.GROUND_RULES)
    may_read = may_discuss(membership)
    context = {
        "group": group,
        "membership": membership,
        "version": ground_rules,
        "reading": _reading(request, ground_rules),
        "languages": languages_of(ground_rules) if ground_rules else [],
        "agreement": queries.version_in_force(group),
        "due": queries.papers_due(request.user, group),
        "may_read": may_read,
        "takes_part": takes_part(membership),
        "rules": rules_of(membership) if may_read else None,
        "sentence": SENTENCE,
        "pledge_form": PledgeForm(),
        **(_for_host(membership) if membership.is_host else {}),
    }
    return TemplateResponse(request, "consent/rules.html", context)


def _for_host(membership: Membership) -> dict[str, object]:
    policy = queries.policy_of(membership.group)
    draft = queries.draft_of(membership.group, DocumentKind.GROUND_RULES)
    return {"policy": policy, "review_due": is_review_due(policy), "draft": draft}


def _reading(request: SignedInRequest, version: AgreementVersion | None) -> Reading | None:
    """In the language that the address names, else in that of the person's profile."""
    if version is None:
        return None
    return reading_of(version, request.GET.get("in") or request.language)


@translated
@signed_in
@require_POST
def pledge(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    membership = access.live_membership(request, pk)
    form = PledgeForm(request.POST)
    if not takes_part(membership) or not form.is_valid():
        return redirect("consent:rules", pk=pk)
    is_shown = form.cleaned_data["is_shown"]
    try:
        services.make_pledge(group=membership.group, by=request.user, is_shown=is_shown)
    except ConsentError as error:
        messages.info(request, gettext(error.text))
    else:
        seen = gettext("Thank you. The group sees your name and that you pledged.")
        messages.success(request, seen if is_shown else gettext("Thank you. Nobody sees it."))
    return redirect("consent:rules", pk=pk)


@translated
@signed_in
@require_POST
def pledge_display(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """Not only for who takes part: whoever has to sign again may still hide it."""
    membership = access.live_membership(request, pk)
    is_shown = "show" in request.POST
    try:
        services.show_pledge(group=membership.group, by=request.user, is_shown=is_shown)
    except ConsentError as error:
        messages.info(request, gettext(error.text))
    else:
        hidden = gettext("The group does not see it now.")
        messages.success(
            request, gettext("The group sees that you pledged.") if is_shown else hidden
        )
    return redirect("consent:rules", pk=pk)


@translated
@signed_in
@require_POST
def take_back_pledge(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    membership = access.live_membership(request, pk)
    try:
        services.take_back_pledge(group=membership.group, by=request.user)
    except ConsentError as error:
        messages.info(request, gettext(error.text))
    else:
        said = gettext("Your pledge is taken back. Your papers stay as you signed them.")
        messages.success(request, said)
    return redirect("consent:rules", pk=pk)
