"""How often each review comes back, how much of its period it looks at, and which entries.

The draw is random and even: whoever acts cannot know what will be looked at.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit import queries as log
from audit.events import Outcome, Ref
from audit.queries import Filter
from compliance.states import ReviewKind
from groups.models import Program
from groups.queries import people_of

MOST_DRAWN_FROM = 20_000
READING = (
    *("record.viewed", "member.viewed", "people.viewed", "doc.signature_viewed"),
    *("desk.name_revealed", "desk.person_report", "breakglass.opened", "audit.exported"),
)


@dataclass(frozen=True, slots=True)
class Cadence:
    """`within` is how long a person has, once the period is over."""

    every: timedelta
    within: timedelta
    sample: int
    words: str


CADENCES = {
    ReviewKind.LOG: Cadence(
        timedelta(days=7), timedelta(days=7), 20, "twenty entries of a week, drawn at random"
    ),
    ReviewKind.READING: Cadence(
        timedelta(days=7), timedelta(days=7), 15, "fifteen readings of records, drawn at random"
    ),
    ReviewKind.REFUSALS: Cadence(
        timedelta(days=7), timedelta(days=7), 30, "what was refused, thirty at most"
    ),
    ReviewKind.ACCESS: Cadence(
        timedelta(days=91), timedelta(days=14), 500, "everybody of the staff with an open account"
    ),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, and from how many."""

    drawn: list[Ref]
    population: int


def drawn(kind: ReviewKind, program: Program, since: datetime, until: datetime) -> Sample:
    if kind == ReviewKind.ACCESS:
        staff = people_of(program).exclude(role="participant").filter(suspended_at=None)
        people = [person.ref for person in staff]
        return Sample(people, len(people))
    found = [Ref("entry", entry.id) for entry in _entries(kind, since, until)]
    size = min(CADENCES[kind].sample, len(found))
    chosen = set(secrets.SystemRandom().sample(range(len(found)), size))
    return Sample([found[place] for place in sorted(chosen)], len(found))


def _entries(kind: ReviewKind, since: datetime, until: datetime) -> Iterator[log.Entry]:
    wanted = {
        ReviewKind.LOG: [Filter(since=since, until=until)],
        ReviewKind.READING: [Filter(acts=READING, since=since, until=until)],
        ReviewKind.REFUSALS: [
            Filter(outcome=outcome, since=since, until=until)
            for outcome in (Outcome.DENIED, Outcome.FAILED)
        ],
    }
    for one in wanted[kind]:
        yield from log.entries(one, limit=MOST_DRAWN_FROM)
