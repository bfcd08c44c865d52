"""A lost factor: the person asks, two different staff approve, a day passes, then it is removed.

Whoever signs in with a factor meanwhile cancels it: the owner was not locked out after all.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.people import User
from audit.events import Ref
from crypto.retention import Retention

NOTICE = timedelta(hours=24)


class FactorResetState(models.TextChoices):
    REQUESTED = "requested", "asked for"
    APPROVED = "approved", "approved by two"
    COMPLETED = "completed", "done"
    CANCELLED = "cancelled", "cancelled"


FACTOR_RESET_TRANSITIONS: dict[FactorResetState, frozenset[FactorResetState]] = {
    FactorResetState.REQUESTED: frozenset({FactorResetState.APPROVED, FactorResetState.CANCELLED}),
    FactorResetState.APPROVED: frozenset({FactorResetState.COMPLETED, FactorResetState.CANCELLED}),
    FactorResetState.COMPLETED: frozenset(),
    FactorResetState.CANCELLED: frozenset(),
}
OPEN = (FactorResetState.REQUESTED, FactorResetState.APPROVED)


class FactorReset(models.Model):
    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_resets")
    state = models.CharField(
        max_length=16, choices=FactorResetState.choices, default=FactorResetState.REQUESTED
    )
    requested_at = models.DateTimeField(default=timezone.now)
    first_approval_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_approval_at = models.DateTimeField(null=True, blank=True)
    second_approval_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_approval_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID
    first_approval_by_id: UUID | None
    second_approval_by_id: UUID | None

    class Meta:
        ordering = ["requested_at"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_factor_reset_one_open", fields=["user"], condition=Q(state__in=OPEN)
            ),
            models.CheckConstraint(
                name="accounts_factor_reset_two_people",
                condition=(Q(first_approval_by__isnull=True) | ~Q(first_approval_by=F("user")))
                & (
                    Q(second_approval_by__isnull=True)
                    | (
                        Q(first_approval_by__isnull=False)
                        & ~Q(second_approval_by=F("first_approval_by"))
                        & ~Q(second_approval_by=F("user"))
                    )
                ),
            ),
            models.CheckConstraint(
                name="accounts_factor_reset_needs_two",
                condition=~Q(state__in=["approved", "completed"])
                | Q(second_approval_by__isnull=False, due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("factor_reset", self.pk)

    def may_become(self, state: FactorResetState) -> bool:
        return state in FACTOR_RESET_TRANSITIONS[FactorResetState(self.state)]
