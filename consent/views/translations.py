"""A host puts the draft of a document into another language, part beside part."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.languages import TRANSLATED, Language
from audit import services as audit
from audit.events import Ref
from consent import queries, services
from consent.errors import ConsentError
from consent.events import DocumentViewed
from consent.forms import TranslationForm
from consent.models import AgreementVersion
from consent.translating import Parts, parts_of
from consent.views.agreements import kind_of
from groups import access


def _language(code: str) -> Language:
    found = next((language for language in TRANSLATED if language.code == code), None)
    if found is None:
        raise Http404
    return found


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk, kind, code: DocumentViewed(
        object=Ref("group", pk), group=Ref("group", pk)
    )
)
def translation(request: SignedInRequest, *, pk: UUID, kind: str, code: str) -> HttpResponse:
    group = access.group_for_host(request, pk)
    kind, language = kind_of(kind), _language(code)
    draft = queries.draft_of(group, kind)
    text = draft.text if draft else ""
    former = _former(draft or queries.version_in_force(group, kind), language)
    form = TranslationForm(request.POST or None, text=text, kind=kind, former=former)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_translation(group=group, kind=kind, language=language, text=form.text())
        except ConsentError as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, "The translation is saved; it is published with the draft.")
            return redirect("consent:document", pk=pk, kind=kind)
    context = {"group": group, "kind": kind, "draft": draft, "language": language, "form": form}
    return TemplateResponse(request, "consent/translation.html", context)


def _former(version: AgreementVersion | None, language: Language) -> Parts | None:
    """What was written before: for this draft, or else for the version in force."""
    if version is None:
        return None
    rows = queries.translations_of(version.agreement_id).filter(language=language.code)
    found = rows.order_by("-version__number").first()
    return parts_of(found.text) if found is not None else None


@signed_in
@require_POST
def drop(request: SignedInRequest, *, pk: UUID, kind: str, code: str) -> HttpResponse:
    group = access.group_for_host(request, pk)
    kind, language = kind_of(kind), _language(code)
    try:
        services.drop_translation(group=group, kind=kind, language=language)
    except ConsentError as error:
        messages.error(request, error.text)
    else:
        messages.success(request, "The translation is dropped from the draft.")
    return redirect("consent:document", pk=pk, kind=kind)
