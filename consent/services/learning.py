"""Taking lessons, reminding of them a year later, and saying where they are required."""

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from consent import learned
from consent.events import LearningRuleChanged, LessonCompleted, LessonsReminded
from consent.learning import LessonStanding
from consent.lessons import Lesson
from consent.models import LearningRule, LessonCompletion
from consent.notifications import remind_of_lessons as mail_reminder
from groups import queries as groups
from groups.models import Group, Program
from groups.notifications import tell_group


@act(LessonCompleted)
def complete_lesson(*, user: User, lesson: Lesson) -> LessonCompletion:
    """Kept with its time; what was chosen before the right answer is not."""
    done = LessonCompletion.objects.create(
        user=user, lesson=lesson.key, completed_at=timezone.now()
    )
    for membership in groups.memberships_of(user):
        tell_group(membership.group)
    record(LessonCompleted(object=done.ref, subject=user.ref, reason=lesson.key))
    return done


@act(LessonsReminded)
def remind_of_lessons(*, user: User) -> None:
    """One neutral mail for all that is due, and none again for the same completions."""
    due = {
        one.lesson.key
        for one in learned.lessons_of(user)
        if one.standing in (LessonStanding.DUE, LessonStanding.LAPSED)
    }
    newest = learned.newest_completions(user).values_list("pk", flat=True)
    LessonCompletion.objects.filter(pk__in=list(newest), lesson__in=due).update(
        reminded_at=timezone.now()
    )
    mail_reminder(user)
    record(LessonsReminded(subject=user.ref))


@act(LearningRuleChanged)
def set_learning_rule(
    *, program: Program, group: Group | None = None, is_required: bool, renew_days: int
) -> LearningRule:
    """Holds from now on: whoever waits before a session may be sent to the lessons first."""
    LearningRule.objects.get_or_create(program=program, group=group)
    rule = LearningRule.objects.select_for_update().get(program=program, group=group)
    rule.is_required, rule.renew_days = is_required, renew_days
    rule.save()
    for one in [group] if group else program.groups.all():
        tell_group(one)
    record(
        LearningRuleChanged(
            object=rule.ref,
            group=group.ref if group else None,
            required=is_required,
            days=renew_days,
        )
    )
    return rule
