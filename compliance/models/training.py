"""Who attested what, and what lapsed training means. Records never change (migration 0006)."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Ref
from compliance.states import TrainingMode
from crypto.retention import Retention
from groups.models import Program


class TrainingPolicy(models.Model):
    """What lapsed training means in a programme. No row: a warning."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.OneToOneField(
        Program, on_delete=models.CASCADE, related_name="training_policy"
    )
    mode = models.CharField(max_length=8, choices=TrainingMode.choices, default=TrainingMode.WARN)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="training_mode_known", condition=Q(mode__in=TrainingMode.values)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("training_policy", self.id)


class TrainingRecord(models.Model):
    """Somebody attested one module, in these words, until that day. Rows never change."""

    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_records"
    )
    module = models.CharField(max_length=32)
    statement = models.TextField()
    attested_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    user_id: UUID

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="training_ends_after_it_began",
                condition=Q(expires_at__gt=models.F("attested_at")),
            ),
        ]
        indexes = [models.Index(name="training_of_person", fields=["user", "module"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("training_record", self.id)
