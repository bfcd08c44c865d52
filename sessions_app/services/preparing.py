"""What is prepared before any session: the programme's checklist, and what a person tried out."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from groups.models import Program
from sessions_app.events.preparing import ChecklistChanged, Rehearsed
from sessions_app.models import Rehearsal, SpaceChecklist
from sessions_app.space import ALONE, SpaceItem, with_keys
from sessions_app.states import RehearsalKind


@act(ChecklistChanged)
def set_space_checklist(*, program: Program, items: Iterable[SpaceItem]) -> SpaceChecklist:
    """Replaces the list; its first item stays. Answers that were given before stay as they are."""
    kept = [ALONE, *with_keys(item for item in items if item.key != ALONE.key)]
    found, _ = SpaceChecklist.objects.update_or_create(
        program=program, defaults={"entries": [item.stored() for item in kept]}
    )
    record(ChecklistChanged(object=found.ref, items=len(kept)))
    return found


@act(Rehearsed)
def rehearse(*, user: User, kind: RehearsalKind) -> Rehearsal:
    done, _ = Rehearsal.objects.update_or_create(
        user=user, kind=kind, defaults={"done_at": timezone.now()}
    )
    record(Rehearsed(object=done.ref, subject=user.ref, reason=kind))
    return done
