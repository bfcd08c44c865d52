"""Who may open a group: the object, or the same 404 as for one that does not exist.

Every refusal is one entry in the log; none of them reaches the screen.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpResponse

from accounts.access import SignedInRequest, SignedInView
from accounts.models import Role
from audit import services as audit
from audit.events import Ref
from groups import queries
from groups.events import GroupAccessRefused
from groups.models import Group, Membership, Program

P = ParamSpec("P")


class ProgramRequest(SignedInRequest):
    """`program` is the one that the person works for."""

    program: Program


ProgramView = Callable[Concatenate[ProgramRequest, P], HttpResponse]


def in_program(
    refuse: Callable[[str, UUID], Http404],
) -> Callable[[ProgramView[P]], SignedInView[P]]:
    """Whoever works for no programme is refused, by the words of the app that asks."""

    def decorate(view: ProgramView[P]) -> SignedInView[P]:
        @wraps(view)
        def entered(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            program = queries.program_of(request.user)
            if program is None:
                raise refuse("program", request.user.pk)
            request.program = program  # type: ignore[attr-defined]  # makes it a ProgramRequest
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return entered

    return decorate


def refuse(pk: UUID, reason: str) -> Http404:
    """To be raised by the caller. `reason` is a code."""
    audit.deny(GroupAccessRefused(object=Ref("group", pk), reason=reason))
    return Http404()


def refuse_person(pk: UUID) -> Http404:
    audit.deny(GroupAccessRefused(object=Ref("user", pk), reason="other_program"))
    return Http404()


def own_membership(request: SignedInRequest, pk: UUID) -> Membership:
    """The requester's membership that has not ended; it may be suspended."""
    membership = queries.membership_of(request.user, pk)
    if membership is None:
        raise refuse(pk, "no_membership")
    return membership


def live_membership(request: SignedInRequest, pk: UUID) -> Membership:
    membership = own_membership(request, pk)
    if not membership.is_live:
        raise refuse(pk, "membership_suspended")
    return membership


def group_for_host(request: SignedInRequest, pk: UUID) -> Group:
    """A host's or co-host's group. MUST be asked before a roster or a host act."""
    membership = live_membership(request, pk)
    if not membership.is_host:
        raise refuse(pk, "not_host")
    return membership.group


def group_for_admin(request: SignedInRequest, pk: UUID) -> Group:
    """A group of the admin's own programme."""
    if request.user.role != Role.ADMIN:
        raise refuse(pk, "not_admin")
    group = queries.visible_to(request.user).filter(pk=pk).first()
    if group is None:
        raise refuse(pk, "other_program")
    return group


def group_for_staff(request: SignedInRequest, pk: UUID) -> Group:
    """For what a host and the programme's admin may both do: rules and hosts, never the roster."""
    if request.user.role == Role.ADMIN:
        return group_for_admin(request, pk)
    return group_for_host(request, pk)


def membership_for_host(request: SignedInRequest, pk: UUID, membership: UUID) -> Membership:
    """Somebody's membership in a group of which the requester is a host."""
    group = group_for_host(request, pk)
    found = queries.roster_of(group).filter(pk=membership).first()
    if found is None:
        raise refuse(pk, "unknown_membership")
    return found


def program_for_staff(request: SignedInRequest) -> Program:
    """The requester's own programme; the view says which roles may ask."""
    program = queries.program_of(request.user)
    if program is None:
        raise Http404
    return program


def refuse_reset(pk: UUID) -> Http404:
    audit.deny(GroupAccessRefused(object=Ref("factor_reset", pk), reason="other_program"))
    return Http404()


def program_for_admin(request: SignedInRequest) -> Program:
    program = queries.program_of(request.user)
    if program is None or request.user.role != Role.ADMIN:
        raise Http404
    return program
