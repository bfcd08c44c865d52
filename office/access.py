"""Who may come into the office: the programme's admin. The object, or a 404 and an entry.

The admin sees wordings, policies and numbers. Who the members are is for their therapists, so
nothing here returns a member's name; exports are the one exception, and ask for a fresh factor.
"""

from typing import ParamSpec
from uuid import UUID

from django.http import Http404

from accounts.access import View, role_required, stepped_up
from accounts.models import Role
from audit import services as audit
from audit.events import Ref
from groups.access import ProgramRequest, ProgramView, in_program
from groups.models import Group
from groups.queries import visible_to
from office.events import OfficeRefused
from office.models import Export, LibraryClause, PaperTemplate

P = ParamSpec("P")


def refuse(kind: str, pk: UUID) -> Http404:
    """To be raised by the caller."""
    audit.deny(OfficeRefused(object=Ref(kind, pk)))
    return Http404()


def office_page(view: ProgramView[P]) -> View[P]:
    return role_required(Role.ADMIN)(in_program(refuse)(view))


def export_page(view: ProgramView[P]) -> View[P]:
    """With a factor shown in the last ten minutes: here names and papers leave the house."""
    return role_required(Role.ADMIN)(stepped_up()(in_program(refuse)(view)))


def group_of(request: ProgramRequest, pk: UUID) -> Group:
    found = visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise refuse("group", pk)
    return found


def template_of(request: ProgramRequest, pk: UUID) -> PaperTemplate:
    found = PaperTemplate.objects.filter(program=request.program, pk=pk).first()
    if found is None:
        raise refuse("template", pk)
    return found


def clause_of(request: ProgramRequest, pk: UUID) -> LibraryClause:
    found = LibraryClause.objects.filter(program=request.program, pk=pk).first()
    if found is None:
        raise refuse("clause", pk)
    return found


def export_of(request: ProgramRequest, pk: UUID) -> Export:
    """One's own: what another admin asked for is theirs to take."""
    own = Export.objects.filter(program=request.program, asked_by=request.user)
    found = own.defer("file").filter(pk=pk).first()
    if found is None:
        raise refuse("export", pk)
    return found
