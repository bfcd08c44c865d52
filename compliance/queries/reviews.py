"""Reads of reviews, and the uses of exceptional rights that nobody has looked at yet."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from audit import queries as log
from audit.queries import Entry, Filter
from compliance.models import Review, ReviewItem, UseReview
from compliance.queries.explorer import Line, entries_of, lines_of
from compliance.queries.names import Names, Party
from groups.models import Program

# Rights beyond the usual ones; each use is looked at by a second person.
EXCEPTIONAL = ("breakglass.opened", "location.overridden")
USES_SINCE = timedelta(days=183)
MOST_USES = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a review in words: an entry as a line, or a person."""

    item: ReviewItem
    line: Line | None
    person: Party | None


def reviews_of(program: Program) -> QuerySet[Review]:
    """Unsigned first, the one that is due first on top."""
    counted = Review.objects.filter(program=program).annotate(
        count=Count("items"), ticked=Count("items", filter=~Q(items__finding=""))
    )
    return counted.order_by("signed_at", "due_at")


def open_reviews(program: Program) -> QuerySet[Review]:
    return reviews_of(program).filter(signed_at=None)


def signed_reviews(program: Program) -> QuerySet[Review]:
    return reviews_of(program).exclude(signed_at=None).order_by("-signed_at")


def items_of(review: Review, *, program: Program) -> list[Item]:
    """An entry whose body retention has dropped has neither line nor person."""
    items = list(review.items.select_related("review"))
    ids = {item.ref.kind: [] for item in items}  # type: dict[str, list[UUID]]
    for item in items:
        found = item.ref.id
        assert isinstance(found, UUID)
        ids[item.ref.kind].append(found)
    lines = {line.entry.id: line for line in lines_of(entries_of(ids.get("entry", [])), program)}
    names = Names.of_people(ids.get("user", []), program)
    return [
        Item(
            item,
            lines.get(item.ref.id) if isinstance(item.ref.id, UUID) else None,
            names.person(item.ref) if item.ref.kind == "user" else None,
        )
        for item in items
    ]


def waiting_uses() -> list[Entry]:
    """Oldest first: the one that has waited longest is on top."""
    wanted = Filter(acts=EXCEPTIONAL, since=timezone.now() - USES_SINCE)
    found = log.entries(wanted, limit=MOST_USES)
    seen = set(
        UseReview.objects.filter(entry__in=[one.id for one in found]).values_list(
            "entry", flat=True
        )
    )
    return [one for one in reversed(found) if one.id not in seen]


def use_of(pk: UUID) -> Entry | None:
    """The entry of a use that waits; None for everything else."""
    return next((one for one in waiting_uses() if one.id == pk), None)
