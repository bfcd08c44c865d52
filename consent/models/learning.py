"""Who took which lesson when, and where lessons are asked for before the waiting room."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Ref
from consent.learning import RENEW_DAYS
from consent.models.papers import MAX_DAYS
from crypto.retention import Retention
from groups.models import Group, Program


class LearningRule(models.Model):
    """Of one group, or (without a group) of all groups of a programme. The stricter one holds."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="learning_rules")
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, related_name="learning_rules"
    )
    is_required = models.BooleanField(default=False)
    renew_days = models.PositiveSmallIntegerField(default=RENEW_DAYS)

    group_id: UUID | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "group"], nulls_distinct=False, name="learning_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(renew_days__gte=1, renew_days__lte=MAX_DAYS),
                name="learning_rule_renewal_bounded",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("learning_rule", self.id)


class LessonCompletion(models.Model):
    """One person went through one lesson. Taking it again adds a row: nothing is overwritten."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lesson_completions"
    )
    lesson = models.CharField(max_length=32)
    completed_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID

    class Meta:
        indexes = [models.Index(fields=["user", "lesson"], name="lesson_of_person")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("lesson_completion", self.id)
