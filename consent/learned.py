"""Reads: which lessons a person has taken, what stands open, and for whom the door waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from consent.kinds import MEMBERS
from consent.learning import LearningTerms, LessonStanding, lesson_standing
from consent.lessons import LESSONS, Lesson
from consent.models import LearningRule, LessonCompletion
from groups import queries as groups
from groups.models import Group, Membership, Program
from groups.states import LIVE_STATES, SeatRole

Taken = Mapping[str, datetime]


def rule_of(program: Program, group: Group | None = None) -> LearningRule:
    """Its own, or the defaults as an unsaved row."""
    found = LearningRule.objects.filter(program=program, group=group).first()
    return found or LearningRule(program=program, group=group)


def terms_of(*within: Group) -> LearningTerms:
    """The strictest of what these groups and their programmes ask."""
    rules = LearningRule.objects.filter(
        Q(group__in=within) | Q(group=None, program__in=[group.program_id for group in within])
    )
    return LearningTerms.strictest(rules.values_list("is_required", "renew_days"))


def taken_by(people: Iterable[UUID]) -> dict[UUID, dict[str, datetime]]:
    """By person and lesson, when it was taken last. One query."""
    rows = LessonCompletion.objects.filter(user__in=people).values_list("user_id", "lesson")
    found: dict[UUID, dict[str, datetime]] = {}
    for user_id, lesson, at in rows.annotate(at=Max("completed_at")).order_by():
        found.setdefault(user_id, {})[lesson] = at
    return found


def standings(
    taken: Taken, terms: LearningTerms, now: datetime | None = None
) -> dict[str, LessonStanding]:
    """Of every lesson there is, in their order."""
    moment = now or timezone.now()
    return {lesson.key: lesson_standing(taken.get(lesson.key), terms, moment) for lesson in LESSONS}


@dataclass(frozen=True, slots=True)
class LessonOf:
    """One lesson from one person's side."""

    lesson: Lesson
    standing: LessonStanding
    completed_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.standing != LessonStanding.DONE


def lessons_of(user: User, now: datetime | None = None) -> list[LessonOf]:
    """Measured by the strictest of the person's groups."""
    live = [member.group for member in groups.memberships_of(user) if member.is_live]
    taken = taken_by([user.pk]).get(user.pk, {})
    stands = standings(taken, terms_of(*live), now)
    return [LessonOf(one, stands[one.key], taken.get(one.key)) for one in LESSONS]


def next_lesson(user: User, *, after: str = "") -> Lesson | None:
    """The first that waits, the one at hand last."""
    waiting = [one.lesson for one in lessons_of(user) if one.waits]
    return next((one for one in waiting if one.key != after), waiting[0] if waiting else None)


@dataclass(frozen=True, slots=True)
class DoorLessons:
    """What the lessons gate looks at, for one person or a whole group, read at one moment.

    `taken` is empty, and was not asked for, where the group requires no lessons.
    """

    terms: LearningTerms
    now: datetime
    taken: Mapping[UUID, Taken] = field(default_factory=dict)

    def is_current(self, user_id: UUID, role: str) -> bool:
        """True for everybody but members, and where lessons are only offered."""
        if not self.terms.is_required or SeatRole(role) not in MEMBERS:
            return True
        stands = standings(self.taken.get(user_id, {}), self.terms, self.now)
        return all(standing.opens_door for standing in stands.values())


def door_lessons(
    group: Group, people: Iterable[UUID], *, now: datetime | None = None
) -> DoorLessons:
    """One query, and one more where lessons are required, however many are asked about."""
    terms, moment = terms_of(group), now or timezone.now()
    if not terms.is_required:
        return DoorLessons(terms, moment)
    return DoorLessons(terms, moment, taken_by(people))


def newest_completions(user: User) -> QuerySet[LessonCompletion]:
    """One row a lesson: the last time that it was taken."""
    return (
        LessonCompletion.objects.filter(user=user)
        .order_by("lesson", "-completed_at")
        .distinct("lesson")
    )


def people_to_remind(*, limit: int, now: datetime | None = None) -> list[User]:
    """Members of whose lessons one has become due since they were last told. A few queries."""
    moment = now or timezone.now()
    newer = LessonCompletion.objects.filter(
        user=OuterRef("user"), lesson=OuterRef("lesson"), completed_at__gt=OuterRef("completed_at")
    )
    newest = LessonCompletion.objects.filter(~Exists(newer), reminded_at=None)
    found: set[UUID] = set()
    for renew, group_ids in _groups_by_renewal().items():
        members = Membership.objects.filter(
            group__in=group_ids, state__in=LIVE_STATES, role__in=MEMBERS
        )
        due = newest.filter(
            completed_at__lte=moment - renew,
            user__memberships__in=members,
            user__suspended_at=None,
        )
        found.update(due.values_list("user_id", flat=True)[:limit])
    return list(User.objects.filter(pk__in=sorted(found)[:limit]))


def _groups_by_renewal() -> dict[timedelta, list[UUID]]:
    rules = list(LearningRule.objects.values_list("program_id", "group_id", "renew_days"))
    found: dict[timedelta, list[UUID]] = {}
    for group_id, program_id in Group.objects.filter(archived_at=None).values_list(
        "pk", "program_id"
    ):
        asked = [
            (False, days)
            for program, group, days in rules
            if program == program_id and group in (None, group_id)
        ]
        found.setdefault(LearningTerms.strictest(asked).renew, []).append(group_id)
    return found
