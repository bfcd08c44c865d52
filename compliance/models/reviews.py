"""Recurring reviews of a sample, and the second look at exceptional uses.

What was signed off MUST NOT change afterwards; triggers hold that (migration 0002).
"""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from audit.events import Ref
from compliance.states import Finding, ReviewKind
from crypto.fields import EncryptedTextField
from crypto.retention import Retention
from groups.models import Program


class Review(models.Model):
    """One round of a recurring review: a sample of a period, looked at and signed off."""

    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=16, choices=ReviewKind.choices)
    since = models.DateTimeField()
    until = models.DateTimeField()
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField(default=now)
    population = models.PositiveIntegerField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="reviews_signed"
    )
    signed_at = models.DateTimeField(null=True)
    auth_strength = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    program_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(name="review_once", fields=["program", "kind", "since"]),
            models.CheckConstraint(
                name="review_kind_known", condition=Q(kind__in=ReviewKind.values)
            ),
            models.CheckConstraint(
                name="review_signed_by_somebody",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, sha256="")
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("review", self.id)

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_overdue(self) -> bool:
        return not self.is_signed and self.due_at < now()


class ReviewItem(models.Model):
    """One thing to look at: an entry of the log, or a person whose access is confirmed again."""

    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=80)
    finding = models.CharField(max_length=16, choices=Finding.choices, blank=True)
    comment = EncryptedTextField(blank=True)
    ticked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="review_item_place", fields=["review", "position"]),
            models.CheckConstraint(
                name="review_item_finding_has_its_time",
                condition=Q(finding="", ticked_at__isnull=True)
                | (~Q(finding="") & Q(ticked_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        kind, _, found = self.about.partition(":")
        return Ref(kind, UUID(found))

    def encryption_scope(self) -> str:
        return f"program:{self.review.program_id}"


class UseReview(models.Model):
    """Somebody looked at one use of an exceptional right. Without this row it stays queued."""

    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry = models.UUIDField(unique=True)
    finding = models.CharField(max_length=16, choices=Finding.choices)
    comment = EncryptedTextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="use_reviews"
    )
    at = models.DateTimeField(default=now)

    by_id: UUID

    def __str__(self) -> str:
        return str(self.id)

    def encryption_scope(self) -> str:
        return f"user:{self.by_id}"
