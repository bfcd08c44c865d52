"""A proposal about the group's rules: made, discussed, written into the draft or declined."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.languages import translated
from audit import services as audit
from audit.events import Ref
from consent import access, queries, services
from consent.canonical import sha256_of
from consent.clauses import clauses_of, sections_of
from consent.errors import ConsentError, DraftChanged
from consent.events import ProposalViewed, RulesViewed
from consent.forms import AcceptForm, CommentForm, DeclineForm, ProposalForm
from consent.kinds import DocumentKind
from consent.models import Proposal
from consent.rules import entry_of, may_discuss, suggested_body, takes_part
from groups import access as groups
from groups.models import Membership


@translated
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk: RulesViewed(group=Ref("group", pk), reason="proposing")
)
def propose(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    membership = groups.live_membership(request, pk)
    if not takes_part(membership):
        return redirect("consent:rules", pk=pk)
    form = ProposalForm(request.POST or None, initial={"topic": request.GET.get("about", "")})
    if request.method == "POST" and form.is_valid():
        kind, clause = form.about()
        text = form.cleaned_data["text"]
        try:
            proposal = services.make_proposal(
                group=membership.group, by=request.user, kind=kind, clause=clause, text=text
            )
        except ConsentError as error:
            form.add_error(None, gettext(error.text))
        else:
            said = gettext("The group can now read and discuss your proposal.")
            messages.success(request, said)
            return redirect("consent:proposal", pk=proposal.pk)
    context = {"group": membership.group, "membership": membership, "form": form}
    return TemplateResponse(request, "consent/propose.html", context)


@translated
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(lambda request, response, *, pk: ProposalViewed(object=Ref("proposal", pk)))
def proposal(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """The proposal and what is said about it; what is posted here is a comment."""
    found, membership = access.proposal_for(request, pk)
    if not may_discuss(membership):
        return redirect("consent:rules", pk=found.group_id)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and takes_part(membership) and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            services.comment_on_proposal(proposal=found, by=request.user, text=text)
        except ConsentError as error:
            form.add_error(None, gettext(error.text))
        else:
            return redirect("consent:proposal", pk=pk)
    return TemplateResponse(
        request, "consent/proposal.html", {"form": form, **_shown(found, membership)}
    )


def _shown(found: Proposal, membership: Membership) -> dict[str, object]:
    entry, remarks = entry_of(found, membership.user)
    in_force = queries.version_in_force(found.group, DocumentKind(found.kind))
    return {
        "entry": entry,
        "proposal": found,
        "remarks": remarks,
        "group": found.group,
        "membership": membership,
        "takes_part": takes_part(membership),
        "present": sections_of(in_force.text, found.kind).get(found.clause) if in_force else "",
    }


@translated
@signed_in
@require_POST
def take_back(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    found = access.own_proposal(request, pk)
    try:
        services.take_back_proposal(proposal=found)
    except ConsentError as error:
        messages.warning(request, gettext(error.text))
    else:
        said = gettext("Your proposal is taken back. The group does not see it now.")
        messages.success(request, said)
    return redirect("consent:rules", pk=found.group_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk: ProposalViewed(object=Ref("proposal", pk), reason="deciding")
)
def decide(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """For a host: the clause with the proposal in it, to edit; or a word why not."""
    found = access.proposal_for_host(request, pk)
    accepting, declining = _accept_form(request, found), DeclineForm(_sent(request, "decline"))
    try:
        if accepting.is_bound and accepting.is_valid():
            return _accept(request, found, accepting)
        if declining.is_bound and declining.is_valid():
            return _decline(request, found, declining)
    except DraftChanged as error:
        messages.warning(request, error.text)
        return redirect("consent:decide", pk=pk)
    except ConsentError as error:
        (accepting if accepting.is_bound else declining).add_error(None, error.text)
    entry, remarks = entry_of(found, request.user)
    context = {
        "entry": entry,
        "proposal": found,
        "remarks": remarks,
        "group": found.group,
        "accepting": accepting,
        "declining": declining,
    }
    return TemplateResponse(request, "consent/decide.html", context)


def _sent(request: SignedInRequest, word: str) -> QueryDict | None:
    """What was posted for this form; the button's name tells the two apart."""
    return request.POST if word in request.POST else None


def _accept_form(request: SignedInRequest, found: Proposal) -> AcceptForm:
    text = queries.text_to_edit(found.group, DocumentKind(found.kind))
    body = sections_of(text, found.kind).get(found.clause, "")
    clause = next(one for one in clauses_of(found.kind) if one.key == found.clause)
    initial = {"base": sha256_of(text), "body": suggested_body(body, found.text)}
    return AcceptForm(_sent(request, "accept"), clause=clause, initial=initial)


def _accept(request: SignedInRequest, found: Proposal, form: AcceptForm) -> HttpResponse:
    services.accept_proposal(proposal=found, by=request.user, **form.cleaned_data)
    messages.success(
        request, "It stands in the draft. Look at the changes, then publish when you are ready."
    )
    return redirect("consent:document", pk=found.group_id, kind=found.kind)


def _decline(request: SignedInRequest, found: Proposal, form: DeclineForm) -> HttpResponse:
    services.decline_proposal(proposal=found, by=request.user, **form.cleaned_data)
    messages.success(request, "Declined. The group reads your word beside the proposal.")
    return redirect("consent:rules", pk=found.group_id)
