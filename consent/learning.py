"""How a lesson stands at a moment: computed from the clock, so that no late task opens a door.

| standing | what happened                        | door, where lessons are required | next step  |
|----------|--------------------------------------|----------------------------------|------------|
| OPEN     | never taken                          | closed                           | take it    |
| DONE     | taken                                | open                             | none       |
| DUE      | so many days ago that it is time     | open, for the grace              | take again |
| LAPSED   | the grace after that has passed too  | closed                           | take again |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RENEW_DAYS = 365
GRACE = timedelta(days=30)


class LessonStanding(StrEnum):
    OPEN = "open"
    DONE = "done"
    DUE = "due"
    LAPSED = "lapsed"

    @property
    def opens_door(self) -> bool:
        return self in (LessonStanding.DONE, LessonStanding.DUE)


# A year or a new rule may pass from any of the later ones to any other; OPEN never comes back.
LESSON_TRANSITIONS: dict[LessonStanding, frozenset[LessonStanding]] = {
    LessonStanding.OPEN: frozenset({LessonStanding.DONE}),
    LessonStanding.DONE: frozenset({LessonStanding.DUE, LessonStanding.LAPSED}),
    LessonStanding.DUE: frozenset({LessonStanding.DONE, LessonStanding.LAPSED}),
    LessonStanding.LAPSED: frozenset({LessonStanding.DONE, LessonStanding.DUE}),
}


@dataclass(frozen=True, slots=True)
class LearningTerms:
    """What a group asks: whether the door waits for the lessons, and when they are due again."""

    is_required: bool = False
    renew: timedelta = timedelta(days=RENEW_DAYS)

    @classmethod
    def strictest(cls, rules: Iterable[tuple[bool, int]]) -> "LearningTerms":
        """Of (is required, renewed after so many days): what any of them asks is asked."""
        found = list(rules)
        days = min((days for _, days in found), default=RENEW_DAYS)
        return cls(any(required for required, _ in found), timedelta(days=days))


def lesson_standing(
    completed_at: datetime | None, terms: LearningTerms, now: datetime
) -> LessonStanding:
    """Of the newest completion. `now` on a boundary counts as past it."""
    if completed_at is None:
        return LessonStanding.OPEN
    if now < completed_at + terms.renew:
        return LessonStanding.DONE
    past_grace = now >= completed_at + terms.renew + GRACE
    return LessonStanding.LAPSED if past_grace else LessonStanding.DUE
