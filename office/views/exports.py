"""Exports: asked for and taken with a fresh factor, made in the background, gone after a day."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import services as audit
from audit.events import Ref
from groups.access import ProgramRequest
from groups.queries import visible_to
from office import access, services
from office.access import export_page, office_page
from office.errors import OfficeError, StepRefused
from office.events import ExportsViewed
from office.forms import ExportForm
from office.queries.exports import exports_of
from office.states import ExportKind, ExportReason

SHOWN = 12
TYPES = {"csv": "text/csv; charset=utf-8", "zip": "application/zip"}


@require_http_methods(["GET", "HEAD", "POST"])
@export_page
@audit.shows(lambda request, response: ExportsViewed())
def exports(request: ProgramRequest) -> HttpResponse:
    form = ExportForm(request.POST or None, groups=visible_to(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask_for_export(
                program=request.program,
                by=request.user,
                kind=ExportKind(form.cleaned_data["kind"]),
                group=form.cleaned_data["group"],
                reason=ExportReason(form.cleaned_data["reason"]),
            )
        except OfficeError as error:
            form.add_error(None, error.text)
        else:
            return redirect("office:export", pk=made.pk)
    own = exports_of(request.user, request.program).select_related("group")[:SHOWN]
    return TemplateResponse(request, "office/exports.html", {"form": form, "exports": own})


@require_safe
@office_page
@audit.shows(lambda request, response, *, pk: ExportsViewed(object=Ref("export", pk)))
def export(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """How far it is, and the way to the file."""
    return TemplateResponse(
        request, "office/export.html", {"export": access.export_of(request, pk)}
    )


@require_safe
@export_page
def take(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    export = access.export_of(request, pk)
    try:
        content = services.take_export(export=export)
    except StepRefused as error:
        messages.error(request, error.text)
        return redirect("office:exports")
    response = HttpResponse(content, content_type=TYPES[export.suffix])
    name = f"quietroom-{export.kind}-{export.asked_at:%Y-%m-%d}.{export.suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@office_page
def drop(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    try:
        services.end_export(export=access.export_of(request, pk), reason="person.asked")
    except StepRefused as error:
        messages.error(request, error.text)
    else:
        messages.success(request, "The export is deleted.")
    return redirect("office:exports")
