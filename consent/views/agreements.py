"""A host edits the draft of one of the group's documents and brings it into force."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from audit import services as audit
from audit.events import Ref
from consent import queries
from consent.changes import changes_between
from consent.clauses import sections_of
from consent.errors import ConsentError
from consent.events import DocumentViewed
from consent.forms import DraftForm, VariablesForm
from consent.grades import AIM, reading_grade
from consent.kinds import DocumentKind
from consent.languages import TRANSLATED
from consent.library import starting_text
from consent.reading import sections_to_read
from consent.services import publish_version, save_draft
from consent.variables import variables_in
from groups import access

FILLED_BY_US = frozenset({"programme"})


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
    present = draft or in_force
    text = present.text if present else starting_text(kind)
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
        "grade": reading_grade(text),
        "aim": AIM,
        "languages": TRANSLATED,
        "translated": set(queries.codes_of(draft)),
        "variables": VariablesForm(names=_open_variables(text)),
    }
    return TemplateResponse(request, "consent/agreement.html", context)


def _open_variables(text: str) -> list[str]:
    return [name for name in variables_in(text) if name not in FILLED_BY_US]


@signed_in
@require_POST
def publish(request: SignedInRequest, *, pk: UUID, kind: str) -> HttpResponse:
    group = access.group_for_host(request, pk)
    kind = kind_of(kind)
    draft = queries.draft_of(group, kind)
    form = VariablesForm(request.POST, names=_open_variables(draft.text if draft else ""))
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
