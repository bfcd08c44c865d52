"""Reads of requests about one's own record."""

from django.db.models import QuerySet

from accounts.models import User
from compliance.models import PrivacyRequest
from compliance.states import RequestState
from groups.models import Program

OPEN = (RequestState.RECEIVED, RequestState.EXTENDED)


def requests_of(user: User) -> QuerySet[PrivacyRequest]:
    """The person's own, newest first."""
    return PrivacyRequest.objects.filter(asked_by=user).order_by("-asked_at")


def requests_for(program: Program) -> QuerySet[PrivacyRequest]:
    """What the programme's desk has or had to answer; what is due first comes first."""
    return PrivacyRequest.objects.filter(program=program).order_by("due_at")


def open_requests(program: Program) -> QuerySet[PrivacyRequest]:
    return requests_for(program).filter(state__in=OPEN)
