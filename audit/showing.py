"""Reads of personal data: authorise, read, render, append, commit, and only then the first byte."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from audit.errors import AuditUnavailable
from audit.events import Event
from audit.recording import record

View = Callable[..., HttpResponse]
EventOf = Callable[..., Event]


def shows(event_of: EventOf) -> Callable[[View], View]:
    """Marks a view that shows personal data; `event_of(request, response, **kwargs)` says which.

    The page leaves only after its entry is committed; otherwise AuditUnavailable, which the
    middleware turns into a 503 page with nothing of the data. Redirects show nothing and record
    nothing. MUST be the outermost decorator but for the access checks, so that a refusal is not
    recorded as a view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def audited(request: HttpRequest, **kwargs: object) -> HttpResponse:
            is_recorded = False
            try:
                with transaction.atomic():
                    response = _rendered(view(request, **kwargs))
                    if response.status_code == HTTPStatus.OK:
                        record(event_of(request, response, **kwargs))
                        is_recorded = True
            except Error as error:
                if not is_recorded:
                    raise
                raise AuditUnavailable("commit") from error
            return response

        audited.audit_shows = True  # type: ignore[attr-defined]  # read by the enumerating test
        return audited

    return decorate


def _rendered(response: HttpResponse) -> HttpResponse:
    if response.streaming:
        raise TypeError("a streamed page leaves before its audit entry is committed")
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response
