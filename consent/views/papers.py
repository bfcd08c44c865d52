"""A person's own papers: the list, reading and signing, the copy, withdrawing."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, may_sign, safe_next, signed_in
from accounts.languages import ORIGINAL, Language, translated
from audit import services as audit
from audit.events import Ref
from consent import access, queries
from consent.changes import Change, changes_between
from consent.copies import is_text_as_signed, statements_of
from consent.errors import (
    AlreadySigned,
    ConsentError,
    CopyNotMade,
    FactorNotFresh,
    NameMismatch,
    NotYoursToSign,
    SignatureIncomplete,
    VersionSuperseded,
)
from consent.events import CopyTaken, DocumentViewed, PapersListed, SignatureViewed
from consent.forms import QuestionForm, SignForm
from consent.grades import reading_grade
from consent.kinds import DocumentKind
from consent.models import AgreementVersion, SealedCopy, Signature
from consent.services import seal_copy, sign_agreement, withdraw_signature
from consent.translating import Reading, languages_of, reading_of, text_of
from groups.models import GuardianLink

WITHDRAWN = gettext_noop(
    "Your signature is withdrawn. You cannot enter further sessions of this group until you sign "
    "again. Your therapist can see it."
)
WITHDRAWN_FOR_MINOR = gettext_noop(
    "Your signature is withdrawn. The minor cannot enter further sessions of this group until you "
    "sign again. The therapist can see it."
)


@translated
@signed_in
@require_safe
@audit.shows(lambda request, response: PapersListed(subject=request.user.ref))
def papers(request: SignedInRequest) -> HttpResponse:
    context = {
        "groups": queries.papers_of_groups(request.user),
        "signatures": queries.signatures_of(request.user),
        "wards": queries.papers_of_wards(request.user),
        "unsigned": queries.unsigned_guardians_of(request.user),
    }
    return TemplateResponse(request, "consent/papers.html", context)


@translated
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk: DocumentViewed(
        object=Ref("agreement_version", pk), subject=request.user.ref
    )
)
def paper(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    if request.method == "POST":
        return _sign(request, access.paper_to_sign(request, pk))
    version = access.paper_for(request, pk)
    return _paper_page(request, version, SignForm(statements=_reading(request, version).statements))


@translated
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@audit.shows(
    lambda request, response, *, pk, link: DocumentViewed(
        object=Ref("agreement_version", pk), subject=request.user.ref, reason="guardian"
    )
)
def ward_paper(request: SignedInRequest, *, pk: UUID, link: UUID) -> HttpResponse:
    """A paper that a guardian reads, and by scope signs, for a minor."""
    version, found = access.paper_for_ward(request, pk, link)
    if request.method == "POST":
        return _sign(request, version, found)
    form = SignForm(statements=_reading(request, version).statements)
    return _paper_page(request, version, form, found)


def _sign(
    request: SignedInRequest, version: AgreementVersion, link: GuardianLink | None = None
) -> HttpResponse:
    reading = _reading(request, version)
    form = SignForm(request.POST, statements=reading.statements)
    if not form.is_valid():
        return _paper_page(request, version, form, link)
    try:
        signature = sign_agreement(
            request=request,
            version=version,
            printed_name=form.cleaned_data["printed_name"],
            ticked=form.ticked(),
            language=reading.language.code,
            link=link,
        )
    except AlreadySigned as same:
        signature = same.signature
    except NameMismatch as error:
        form.add_error("printed_name", gettext(error.text))
        return _paper_page(request, version, form, link)
    except (SignatureIncomplete, FactorNotFresh, NotYoursToSign) as error:
        form.add_error(None, gettext(error.text))
        return _paper_page(request, version, form, link)
    except VersionSuperseded:
        return _to_newer(request, version, link)
    messages.success(request, gettext("Signed. You find your copy under Papers."))
    return redirect(safe_next(request, default=_copy_of(signature)))


def _reading(request: SignedInRequest, version: AgreementVersion) -> Reading:
    """In the language that the address names, else in that of the person's profile."""
    return reading_of(version, request.GET.get("in") or request.language)


def _copy_of(signature: Signature) -> str:
    return reverse("consent:signature", args=[signature.pk])


def _to_newer(
    request: SignedInRequest, version: AgreementVersion, link: GuardianLink | None
) -> HttpResponse:
    """Replaced while it was being read: the newer text is the next step, `?next=` goes along."""
    messages.warning(request, gettext(VersionSuperseded.text))
    newer = _newer(version)
    if link is not None:
        return redirect("consent:ward_paper", pk=(newer or version).pk, link=link.pk)
    return redirect(_with_next(request, reverse("consent:paper", args=[(newer or version).pk])))


def _newer(version: AgreementVersion) -> AgreementVersion | None:
    agreement = version.agreement
    return queries.version_in_force(agreement.group, DocumentKind(agreement.kind))


def _changes(
    before: AgreementVersion, version: AgreementVersion, language: Language
) -> tuple[list[Change], Language]:
    """In the language that is read if the older version has it too, else in the original."""
    older = text_of(before, language.code)
    if older:
        return changes_between(older, text_of(version, language.code)), language
    return changes_between(before.text, version.text), ORIGINAL


def _with_next(request: SignedInRequest, path: str) -> str:
    onward = safe_next(request, default="")
    return f"{path}?{urlencode({'next': onward})}" if onward else path


def _paper_page(
    request: SignedInRequest,
    version: AgreementVersion,
    form: SignForm,
    link: GuardianLink | None = None,
) -> TemplateResponse:
    reading = _reading(request, version)
    sections = reading.sections
    ward = link.ward.user if link else None
    before = queries.last_signed_before(request.user, version)
    changes, changed_in = _changes(before, version, reading.language) if before else ([], ORIGINAL)
    paper = queries.paper_of(request.user, version, ward=ward)
    is_member = access.may_sign_in_group(request, version)
    context = {
        "version": version,
        "group": version.agreement.group,
        "newer": None if version.is_in_force else _newer(version),
        "paper": paper,
        "sections": sections,
        "reading": reading,
        "languages": languages_of(version),
        "questions": queries.questions_of(request.user, version),
        "asking": QuestionForm(),
        "by_key": {section.key: section for section in sections},
        "before": before,
        "changes": changes,
        "changed_in": changed_in,
        "form": form,
        "grade": reading_grade(version.text) if reading.language == ORIGINAL else 0,
        "meaning": queries.meaning_of(request.user, version, ward),
        "may_sign": may_sign(request),
        "is_member": is_member,
        "may_be_asked": is_member or (link is not None and link.may_sign),
        "link": link,
        "minor": ward.profile.true_name if ward else "",
        "here": request.get_full_path(),
        "onward": safe_next(request, default=""),
    }
    return TemplateResponse(request, "consent/paper.html", context)


@translated
@signed_in
@require_safe
@audit.shows(
    lambda request, response, *, pk: SignatureViewed(
        object=Ref("signature", pk), subject=request.user.ref
    )
)
def signature(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """The signer's copy, for the screen and for paper."""
    found = access.own_signature(request, pk)
    context = {
        "signature": found,
        "version": found.version,
        "group": found.version.agreement.group,
        "reading": (reading := reading_of(found.version, found.language)),
        "sections": reading.sections,
        "promises": statements_of(found),
        "is_intact": is_text_as_signed(found),
    }
    return TemplateResponse(request, "consent/signature.html", context)


@translated
@signed_in
@require_safe
@audit.shows(
    lambda request, response, *, pk: CopyTaken(
        object=Ref("signature", pk), subject=request.user.ref
    )
)
def sealed_copy(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    """The PDF to keep; made now if the minute tick has not made it yet."""
    found = access.own_signature(request, pk)
    try:
        copy = SealedCopy.objects.filter(signature=found).first() or seal_copy(signature=found)
    except CopyNotMade as error:
        messages.warning(request, gettext(error.text))
        return redirect(_copy_of(found))
    return HttpResponse(
        copy.pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="signed-paper.pdf"'},
    )


@translated
@signed_in
@require_POST
def withdraw(request: SignedInRequest, *, pk: UUID) -> HttpResponse:
    found = access.own_signature(request, pk)
    try:
        withdraw_signature(signature=found)
    except ConsentError:
        messages.warning(request, gettext("This signature was not in force any more."))
    else:
        said = WITHDRAWN_FOR_MINOR if found.on_behalf_of_id else WITHDRAWN
        messages.success(request, gettext(said))
    return redirect("consent:papers")
