"""Reviews: drawn when a period is over, looked at item by item, signed once and for good."""

import hashlib
import json
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from audit.events import Ref
from audit.queries import Entry
from audit.services import act, record
from compliance.errors import OwnUse, ReviewClosed, ReviewUnfinished
from compliance.events import (
    ExceptionalUseReviewed,
    ReviewItemTicked,
    ReviewOpened,
    ReviewSigned,
)
from compliance.models import Review, ReviewItem, UseReview
from compliance.sampling import CADENCES, drawn
from compliance.states import Finding, ReviewKind
from groups.models import Program


def open_due_reviews(now: datetime | None = None) -> int:
    """Draws what became due since the last round. Idempotent; how many were opened."""
    now = now or timezone.now()
    due = [
        (program, kind, since)
        for program in Program.objects.all()
        for kind in ReviewKind
        if (since := next_period(program, kind)) + CADENCES[kind].every <= now
    ]
    for program, kind, since in due:
        open_review(program=program, kind=kind, since=since)
    return len(due)


def next_period(program: Program, kind: ReviewKind) -> datetime:
    """When the period begins that was not drawn yet; the first begins with the programme."""
    last = Review.objects.filter(program=program, kind=kind).order_by("-since").first()
    return last.until if last else program.created_at


@act(ReviewOpened)
def open_review(*, program: Program, kind: ReviewKind, since: datetime) -> Review:
    cadence = CADENCES[kind]
    until = since + cadence.every
    sample = drawn(kind, program, since, until)
    review = Review.objects.create(
        program=program,
        kind=kind,
        since=since,
        until=until,
        due_at=max(until, timezone.now()) + cadence.within,
        population=sample.population,
    )
    for position, about in enumerate(sample.drawn, start=1):
        ReviewItem.objects.create(review=review, position=position, about=str(about))
    record(
        ReviewOpened(
            object=review.ref,
            kind=kind,
            entries=len(sample.drawn),
            population=sample.population,
        )
    )
    return review


@act(ReviewItemTicked)
def tick_item(*, item: ReviewItem, finding: Finding, comment: str) -> ReviewItem:
    """May be corrected until the review is signed. Raises ReviewClosed."""
    review = _locked(item.review)
    item.finding, item.comment, item.ticked_at = finding, comment.strip(), timezone.now()
    item.save()
    record(ReviewItemTicked(object=review.ref, subject=_person(item), reason=finding))
    return item


@act(ReviewSigned)
def sign_review(*, review: Review, by: User, auth_strength: str) -> Review:
    """What was found, and who says so. From now on the database refuses every change.

    Raises ReviewClosed, ReviewUnfinished.
    """
    review = _locked(review)
    items = list(review.items.select_related("review"))
    if any(not item.finding for item in items):
        raise ReviewUnfinished
    review.signed_by, review.signed_at = by, timezone.now()
    review.auth_strength = auth_strength
    review.sha256 = digest_of(review, items)
    review.save()
    questions = sum(item.finding == Finding.QUESTION for item in items)
    record(ReviewSigned(object=review.ref, questions=questions))
    return review


@act(ExceptionalUseReviewed)
def review_use(*, use: Entry, by: User, finding: Finding, comment: str) -> UseReview:
    """Takes the use off the queue. Raises OwnUse."""
    if use.actor == by.ref:
        raise OwnUse
    made = UseReview.objects.create(entry=use.id, finding=finding, comment=comment.strip(), by=by)
    record(
        ExceptionalUseReviewed(
            object=Ref("entry", use.id), subject=use.subject, group=use.group, reason=finding
        )
    )
    return made


def digest_of(review: Review, items: list[ReviewItem]) -> str:
    """SHA-256 of everything that the signature covers, in canonical JSON."""
    told = {
        "review": str(review.pk),
        "kind": review.kind,
        "since": review.since.isoformat(),
        "until": review.until.isoformat(),
        "population": review.population,
        "signed_by": str(review.signed_by_id),
        "signed_at": review.signed_at.isoformat() if review.signed_at else "",
        "items": [[item.position, item.about, item.finding, item.comment] for item in items],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _locked(review: Review) -> Review:
    review = Review.objects.select_for_update().get(pk=review.pk)
    if review.is_signed:
        raise ReviewClosed
    return review


def _person(item: ReviewItem) -> Ref | None:
    return item.ref if item.ref.kind == "user" else None
