"""Reads what was prepared: a programme's checklist, and who has tried what."""

from collections.abc import Iterable
from uuid import UUID

from groups.models import Program
from sessions_app.models import PreJoin, Rehearsal, SpaceChecklist
from sessions_app.space import DEFAULT_ITEMS, SpaceItem
from sessions_app.states import RehearsalKind


def space_items(program: Program | None) -> list[SpaceItem]:
    """The programme's own, or those of the house."""
    own = SpaceChecklist.objects.filter(program=program).first() if program else None
    return own.items if own else list(DEFAULT_ITEMS)


def rehearsed(people: Iterable[UUID]) -> dict[RehearsalKind, set[UUID]]:
    """Who tried what, alone or on the way into a session. Two queries."""
    ids = list(people)
    found: dict[RehearsalKind, set[UUID]] = {kind: set() for kind in RehearsalKind}
    for user_id, kind in Rehearsal.objects.filter(user__in=ids).values_list("user_id", "kind"):
        found[RehearsalKind(kind)].add(user_id)
    been = PreJoin.objects.filter(user__in=ids).values_list(
        "user_id", "devices_at", "environment_attested_at"
    )
    for user_id, devices_at, attested_at in been:
        if devices_at is not None:
            found[RehearsalKind.DEVICES].add(user_id)
        if attested_at is not None:
            found[RehearsalKind.SPACE].add(user_id)
    return found
