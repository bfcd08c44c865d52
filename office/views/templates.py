"""The template library: documents of each kind, their versions, and groups that begin from them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from audit import services as audit
from audit.events import Ref
from consent.changes import changes_between
from consent.clauses import sections_of
from consent.grades import AIM
from consent.kinds import DocumentKind
from consent.lint import lint, open_words
from consent.reading import sections_to_read
from consent.views.agreements import kind_of
from groups import access as groups_access
from groups.access import ProgramRequest
from groups.queries import visible_to
from office import access, services
from office.access import office_page
from office.errors import DraftInTheWay, NameTaken, OfficeError
from office.events import TemplateViewed
from office.forms import BeginForm, NewTemplateForm, TemplateForm
from office.queries import library


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def templates(request: ProgramRequest) -> HttpResponse:
    form = NewTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind, name = DocumentKind(form.cleaned_data["kind"]), form.cleaned_data["name"]
        try:
            made = services.begin_template(program=request.program, kind=kind, name=name)
        except NameTaken as error:
            form.add_error("name", error.text)
        else:
            messages.success(
                request, "The template begins with Quietroom's words. Make them yours."
            )
            return redirect("office:template", pk=made.pk)
    context = {"form": form, "shelves": library.shelves_of(request.program)}
    return TemplateResponse(request, "office/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
@audit.shows(lambda request, response, *, pk: TemplateViewed(object=Ref("template", pk)))
def template(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    template = access.template_of(request, pk)
    draft, in_force = library.draft_of(template), library.in_force_of(template)
    present = draft or in_force
    text = present.text if present else ""
    form = TemplateForm(
        request.POST or None, kind=template.kind, initial=sections_of(text, template.kind)
    )
    if request.method == "POST" and form.is_valid():
        services.save_template(template=template, text=form.text())
        messages.success(request, "Saved as a draft. The findings are up to date.")
        return redirect("office:template", pk=pk)
    context = {
        "template": template,
        "form": form,
        "draft": draft,
        "in_force": in_force,
        "versions": template.versions.exclude(state="draft"),
        "report": lint(text, template.kind),
        "aim": AIM,
        "words": open_words(text),
        "changes": changes_between(in_force.text, draft.text) if draft and in_force else [],
        "sections": sections_to_read(text),
        "begin": BeginForm(groups=visible_to(request.user)),
    }
    return TemplateResponse(request, "office/template.html", context)


@require_POST
@office_page
def publish(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    template = access.template_of(request, pk)
    try:
        version = services.publish_template(template=template)
    except OfficeError as error:
        messages.error(request, error.text)
    else:
        messages.success(request, f"Version {version.number} is in the library for all groups.")
    return redirect("office:template", pk=pk)


@require_POST
@office_page
def retire(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    services.retire_template(template=access.template_of(request, pk))
    messages.success(request, "No group begins from it any more. What was begun stays.")
    return redirect("office:templates")


@require_POST
@office_page
def begin(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """A draft for one group, which its therapist then edits and publishes."""
    template = access.template_of(request, pk)
    form = BeginForm(request.POST, groups=visible_to(request.user))
    version = library.in_force_of(template)
    if not form.is_valid() or version is None or template.retired_at is not None:
        messages.error(request, "Choose a group, and begin from a template that is published.")
        return redirect("office:template", pk=pk)
    group, replace = form.cleaned_data["group"], form.cleaned_data["replace"]
    try:
        services.begin_from_template(version=version, group=group, replace=replace)
    except DraftInTheWay as error:
        messages.error(request, error.text)
    else:
        messages.success(request, "The group has a draft. Its therapist edits and publishes it.")
    return redirect("office:template", pk=pk)


@signed_in
@require_POST
def begin_own(request: SignedInRequest, *, pk: UUID, kind: str) -> HttpResponse:
    """The same for those who lead the group, from the page on which they write the paper."""
    group = groups_access.group_for_host(request, pk)
    named = _uuid(request.POST.get("template"))
    chosen = library.ready_for(group, kind).filter(pk=named).first() if named else None
    if chosen is None:
        messages.error(request, "This template is not offered any more. Choose another one.")
    else:
        services.begin_from_template(version=chosen, group=group, replace=True)
        messages.success(request, "The draft has the template's words. Make them yours.")
    return redirect("consent:document", pk=pk, kind=kind_of(kind))


def _uuid(said: str | None) -> UUID | None:
    try:
        return UUID(said or "")
    except ValueError:
        return None
