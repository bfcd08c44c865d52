"""The order of a read: render, append, commit, and only then the first byte."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory

from audit.context import acting_as
from audit.services import shows
from tests.audit.events import ANA, Made
from tests.trail import recorded

pytestmark = pytest.mark.django_db


def request() -> HttpRequest:
    return RequestFactory().get("/")


def call(view: Any) -> Any:
    with acting_as(ANA, "participant"):
        return shows(lambda request, response, **kwargs: Made())(view)(request())


def test_the_page_is_rendered_before_its_entry_is_written() -> None:
    entries: list[int] = []

    class Late(SimpleTemplateResponse):
        @property
        def rendered_content(self) -> str:
            entries.append(len(recorded("test.made")))
            return "shown"

    shown = call(lambda request: Late("unused.html"))
    assert (shown.content, entries) == (b"shown", [0])
    assert len(recorded("test.made")) == 1


def test_a_redirect_shows_nothing_and_records_nothing() -> None:
    assert call(lambda request: HttpResponseRedirect("/")).status_code == 302
    assert recorded("test.made") == []


def test_a_page_that_would_leave_early_is_refused() -> None:
    with pytest.raises(TypeError, match="streamed"):
        call(lambda request: StreamingHttpResponse(["early"]))
    assert recorded("test.made") == []


def test_what_fails_before_the_entry_is_not_called_an_audit_failure() -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise LookupError

    with pytest.raises(LookupError):
        call(broken)
    with pytest.raises(DatabaseError):
        call(query_nonsense)


def query_nonsense(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    return HttpResponse("shown")
