"""Who may open the desk, and whose things it holds: a 404 for another programme's.

Every desk page asks for the role and for a factor shown in the last ten minutes.
"""

from typing import ParamSpec
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.access import SignedInRequest, View, role_required, stepped_up
from accounts.models import Role, User
from audit import services as audit
from audit.events import Ref
from compliance.events import DeskRefused
from compliance.models import Alert, PrivacyRequest, Review, SavedView
from compliance.queries.alerts import alerts_for
from compliance.queries.requests import requests_for, requests_of
from groups.access import ProgramRequest, ProgramView, in_program
from groups.queries import people_of
from sessions_app.models import Session

P = ParamSpec("P")


def refuse(kind: str, pk: UUID) -> Http404:
    """To be raised by the caller."""
    audit.deny(DeskRefused(object=Ref(kind, pk)))
    return Http404()


def desk_page(view: ProgramView[P]) -> View[P]:
    """For compliance officers of a programme, with a fresh factor."""
    return role_required(Role.COMPLIANCE)(stepped_up()(in_program(refuse)(view)))


def person_of(request: ProgramRequest, pk: UUID) -> User:
    found = people_of(request.program).filter(pk=pk).first()
    if found is None:
        raise refuse("user", pk)
    return found


def session_of(request: ProgramRequest, pk: UUID) -> Session:
    sessions = Session.objects.select_related("group").filter(group__program=request.program)
    found = sessions.filter(pk=pk).first()
    if found is None:
        raise refuse("session", pk)
    return found


def alert_of(request: ProgramRequest, pk: UUID) -> Alert:
    found = alerts_for(request.program).filter(pk=pk).first()
    if found is None:
        raise refuse("alert", pk)
    return found


def review_of(request: ProgramRequest, pk: UUID) -> Review:
    found = Review.objects.filter(program=request.program, pk=pk).first()
    if found is None:
        raise refuse("review", pk)
    return found


def request_of(request: ProgramRequest, pk: UUID) -> PrivacyRequest:
    """A request that this programme's desk answers."""
    found = requests_for(request.program).select_related("asked_by").filter(pk=pk).first()
    if found is None:
        raise refuse("request", pk)
    return found


def own_request(request: SignedInRequest, pk: UUID) -> PrivacyRequest:
    """What the person asked about their own record."""
    found = requests_of(request.user).select_related("asked_by").filter(pk=pk).first()
    if found is None:
        raise refuse("request", pk)
    return found


def view_of(request: ProgramRequest, pk: UUID) -> SavedView:
    found = views_of(request.user).filter(pk=pk).first()
    if found is None:
        raise refuse("view", pk)
    return found


def views_of(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=user).order_by("created_at")
