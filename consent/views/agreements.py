"""A host edits the draft of the group's agreement and brings it into force."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from audit import services as audit
from audit.events import Ref
from consent import queries
from consent.changes import changes_between
from consent.clauses import sections_of
from consent.default_agreement import default_text
from consent.errors import ConsentError
from consent.events import DocumentViewed
from consent.forms import DraftForm
from consent.reading import sections_to_read
from consent.services import publish_version, save_draft
from groups import access


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk: DocumentViewed(object=Ref("group", pk), group=Ref("group", pk))
)
def agreement(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_host(request, pk)
    draft, in_force = queries.draft_of(group), queries.version_in_force(group)
    present = draft or in_force
    text = present.text if present else default_text()
    form = DraftForm(request.POST or None, initial=sections_of(text))
    if request.method == "POST" and form.is_valid():
        save_draft(group=group, text=form.text())
        messages.success(request, "The draft is saved. Nobody else sees it until you publish it.")
        return redirect("consent:agreement", pk=pk)
    context = {
        "group": group,
        "form": form,
        "draft": draft,
        "in_force": in_force,
        "changes": changes_between(in_force.text, draft.text) if draft and in_force else [],
        "sections": sections_to_read(text),
    }
    return TemplateResponse(request, "consent/agreement.html", context)


@signed_in
@require_POST
def publish(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    group = access.group_for_host(request, pk)
    try:
        version = publish_version(group=group, by=request.user)
    except ConsentError as error:
        messages.error(request, error.text)
        return redirect("consent:agreement", pk=pk)
    messages.success(
        request,
        f"Version {version.number} is in force. Everybody is asked to sign it, you too.",
    )
    return redirect("groups:group", pk=pk)
