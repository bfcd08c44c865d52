"""The desk's first page: pictures, the state of the log, and what waits for a person."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from audit.services import shows
from compliance.access import desk_page
from compliance.events import DeskViewed
from compliance.queries.dashboard import dashboard
from compliance.views.alerts import told_of
from groups.access import ProgramRequest


@require_safe
@desk_page
@shows(lambda request, response: DeskViewed())
def desk(request: ProgramRequest) -> HttpResponse:
    found = dashboard(request.program)
    context = {
        "desk": found,
        "alerts": told_of(found.alerts, request.program),
        "zone": request.program.timezone,
    }
    return TemplateResponse(request, "compliance/desk.html", context)
