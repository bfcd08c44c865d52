"""The clause library: wordings of each clause of each kind, and where they are used."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.clause_lists import Clause
from consent.clauses import clauses_of, compose, sections_of
from consent.kinds import DocumentKind
from consent.views.agreements import kind_of
from groups.access import ProgramRequest
from office import access, services
from office.access import office_page
from office.errors import NameTaken
from office.forms import WordingForm
from office.models import LibraryClause, PaperTemplate
from office.queries import library


def clause_called(kind: str, key: str) -> Clause:
    found = next((clause for clause in clauses_of(kind) if clause.key == key), None)
    if found is None:
        raise Http404
    return found


@require_safe
@office_page
def clauses(request: ProgramRequest, *, kind: str) -> HttpResponse:
    chosen = kind_of(kind)
    context = {
        "kind": chosen,
        "kinds": list(DocumentKind),
        "shelves": library.clause_shelves(request.program, chosen),
    }
    return TemplateResponse(request, "office/clauses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def new(request: ProgramRequest, *, kind: str, key: str) -> HttpResponse:
    return _edited(request, kind_of(kind), clause_called(kind_of(kind), key), None)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def clause(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    own = access.clause_of(request, pk)
    return _edited(request, kind_of(own.kind), clause_called(own.kind, own.key), own)


def _edited(
    request: ProgramRequest, kind: DocumentKind, clause: Clause, own: LibraryClause | None
) -> HttpResponse:
    initial = {"name": own.name, "text": own.text} if own else {}
    form = WordingForm(request.POST or None, clause=clause, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_clause(
                program=request.program, kind=kind, key=clause.key, clause=own, **form.cleaned_data
            )
        except NameTaken as error:
            form.add_error("name", error.text)
        else:
            messages.success(request, "The wording is in the library.")
            return redirect("office:clauses", kind=kind)
    context = {"kind": kind, "clause": clause, "own": own, "form": form}
    return TemplateResponse(request, "office/clause.html", context)


@require_POST
@office_page
def drop(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    own = access.clause_of(request, pk)
    services.drop_clause(clause=own)
    messages.success(request, "The wording is gone from the library. Texts that hold it keep it.")
    return redirect("office:clauses", kind=own.kind)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def choose(request: ProgramRequest, *, pk: UUID, key: str) -> HttpResponse:
    """Puts one wording of the library into a template's draft."""
    template = access.template_of(request, pk)
    kind = kind_of(template.kind)
    clause = clause_called(kind, key)
    wordings = library.wordings_of(request.program, kind, key)
    if request.method == "POST":
        number = request.POST.get("wording", "")
        if number.isdecimal() and int(number) < len(wordings):
            _put_in(template, key, wordings[int(number)].text)
            messages.success(request, f"“{clause.heading}” has the chosen words.")
            return redirect("office:template", pk=pk)
        messages.error(request, "The library changed meanwhile. Choose again.")
    context = {"template": template, "clause": clause, "wordings": wordings}
    return TemplateResponse(request, "office/wordings.html", context)


def _put_in(template: PaperTemplate, key: str, words: str) -> None:
    present = library.draft_of(template) or library.in_force_of(template)
    said = sections_of(present.text, template.kind) if present else {}
    services.save_template(template=template, text=compose({**said, key: words}, template.kind))
