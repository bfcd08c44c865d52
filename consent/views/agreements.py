"""A host edits the draft of one of the group's documents and brings it into force."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.languages import TRANSLATED
from audit import services as audit
from audit.events import Ref
from consent import queries
from consent.changes import changes_between
from consent.clauses import sections_of
from consent.errors import ConsentError
from consent.events import DocumentViewed
from consent.forms import DraftForm, VariablesForm
from consent.grades import AIM
from consent.kinds import DocumentKind
from consent.lint import lint, open_words
from consent.reading import sections_to_read
from consent.services import publish_version, save_draft
from groups import access


def kind_of(word: str) -> DocumentKind:
    try:
        return DocumentKind(word)
    except ValueError as error:
        raise Http404 from error


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk, kind: DocumentViewed(
        object=Ref("group", pk), group=Ref("group", pk)
    )
)
def agreement(request: SignedInRequest, *, pk: UUID, kind: str) -> HttpResponse:
    group = access.group_for_host(request, pk)
    kind = kind_of(kind)
    draft, in_force = queries.draft_of(group, kind), queries.version_in_force(group, kind)
    text = queries.text_to_edit(group, kind)
    form = DraftForm(request.POST or None, kind=kind, initial=sections_of(text, kind))
    if request.method == "POST" and form.is_valid():
        save_draft(group=group, text=form.text(), kind=kind)
        messages.success(request, "The draft is saved. Nobody else sees it until you publish it.")
        return redirect("consent:document", pk=pk, kind=kind)
    context = {
        "group": group,
        "kind": kind,
        "form": form,
        "draft": draft,
        "in_force": in_force,
        "changes": changes_between(in_force.text, draft.text) if draft and in_force else [],
        "sections": sections_to_read(text),
        "report": lint(text, kind),
        "aim": AIM,
        "languages": TRANSLATED,
        "translated": set(queries.codes_of(draft)),
        "variables": VariablesForm(names=open_words(text)),
    }
    return TemplateResponse(request, "consent/agreement.html", context)


@signed_in
@require_POST
def publish(request: SignedInRequest, *, pk: UUID, kind: str) -> HttpResponse:
    group = access.group_for_host(request, pk)
    kind = kind_of(kind)
    draft = queries.draft_of(group, kind)
    form = VariablesForm(request.POST, names=open_words(draft.text if draft else ""))
    values = form.cleaned_data if form.is_valid() else {}
    try:
        version = publish_version(group=group, by=request.user, kind=kind, values=values)
    except ConsentError as error:
        messages.error(request, error.text)
        return redirect("consent:document", pk=pk, kind=kind)
    messages.success(
        request,
        f"Version {version.number} is in force. Everybody whom it binds is asked to sign it.",
    )
    return redirect("consent:overview", pk=pk)
