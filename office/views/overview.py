"""How many have signed what: all groups on one page, one group on another. Numbers, no members."""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from audit import services as audit
from audit.events import Ref
from consent.kinds import DocumentKind
from consent.overview import Signer, overview_of
from groups.access import ProgramRequest
from groups.queries import visible_to
from groups.states import HOST_ROLES
from office import access
from office.access import office_page
from office.events import GroupNumbersViewed, NumbersViewed
from office.forms import FilterForm
from office.pictures import matrix_of
from office.queries.numbers import Row, rows_of


@require_safe
@office_page
@audit.shows(lambda request, response: NumbersViewed())
def numbers(request: ProgramRequest) -> HttpResponse:
    groups = visible_to(request.user)
    form = FilterForm(request.GET, groups=groups)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = rows_of([wanted["group"]] if wanted.get("group") else groups)
    kinds = [wanted["kind"]] if wanted.get("kind") else list(DocumentKind)
    rows = [row for row in rows if _has(row, kinds, wanted.get("show", ""))]
    context = {
        "form": form,
        "matrix": matrix_of(rows, kinds),
        "is_filtered": any(wanted.values()),
        "has_groups": groups.exists(),
    }
    return TemplateResponse(request, "office/numbers.html", context)


def _has(row: Row, kinds: list[DocumentKind], standing: str) -> bool:
    cells = [cell for cell in row.cells if cell.kind in kinds]
    return not standing or any(cell.counts.get(standing) for cell in cells)


@require_safe
@office_page
@audit.shows(
    lambda request, response, *, pk: GroupNumbersViewed(
        object=Ref("group", pk), group=Ref("group", pk)
    )
)
def group(request: ProgramRequest, *, pk: UUID) -> HttpResponse:
    """Therapists by name, who are staff; members as numbers: only their therapists see who."""
    group = access.group_of(request, pk)
    shown = overview_of(group)
    context = {
        "group": group,
        "matrix": matrix_of(rows_of([group]), list(DocumentKind)),
        "columns": shown.columns,
        "hosts": [
            (signer.membership, list(zip(shown.columns, signer.standings, strict=True)))
            for signer in shown.signers
            if _is_host(signer)
        ],
    }
    return TemplateResponse(request, "office/group.html", context)


def _is_host(signer: Signer) -> bool:
    return signer.membership.role in HOST_ROLES
