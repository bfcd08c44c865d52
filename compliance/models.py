"""What the desk keeps of its own: saved views, alerts, reviews. What happened stands in the log.

Comments are encrypted under the programme's key: they may name people. What was signed off or
decided MUST NOT change afterwards; triggers hold that (migration 0002).
"""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from audit.events import Ref
from compliance.states import (
    AlertState,
    Detector,
    Finding,
    RequestKind,
    RequestOutcome,
    RequestState,
    ReviewKind,
    TrainingMode,
)
from crypto.fields import EncryptedTextField
from crypto.retention import Retention
from groups.models import Program


class SavedView(models.Model):
    """One officer's filter of the explorer under a name of theirs; both may tell of a person."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = EncryptedTextField(max_length=60)
    query = EncryptedTextField()
    created_at = models.DateTimeField(default=now)

    owner_id: UUID

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("view", self.id)

    def encryption_scope(self) -> str:
        return f"user:{self.owner_id}"


class DetectorRun(models.Model):
    """How far the detectors have looked; only the newest row counts."""

    retention = Retention.TRANSIENT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    until = models.DateTimeField()
    ran_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M}"


class Alert(models.Model):
    """A finding of a detector. `entries` are the ids in the log that it rests on."""

    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, related_name="alerts")
    detector = models.CharField(max_length=32, choices=Detector.choices)
    about = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    entries = models.JSONField()
    state = models.CharField(max_length=16, choices=AlertState.choices, default=AlertState.RAISED)
    raised_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alert_state_known", condition=Q(state__in=AlertState.values)
            ),
            models.CheckConstraint(
                name="alert_detector_known", condition=Q(detector__in=Detector.values)
            ),
            models.UniqueConstraint(name="alert_once", fields=["detector", "about", "since"]),
        ]
        indexes = [models.Index(name="alert_newest", fields=["-raised_at"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("alert", self.id)

    @property
    def about_person(self) -> Ref | None:
        """None where the finding is about an address, or about nobody that is known."""
        kind, _, found = self.about.partition(":")
        return Ref("user", UUID(found)) if kind == "user" else None

    @property
    def is_open(self) -> bool:
        return self.state in (AlertState.RAISED, AlertState.ESCALATED)


class AlertStep(models.Model):
    """One decision on an alert; the history grows and never changes."""

    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=16, choices=AlertState.choices)
    reason = models.CharField(max_length=32)
    comment = EncryptedTextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alert_steps"
    )
    at = models.DateTimeField(default=now)

    by_id: UUID

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.id)

    def encryption_scope(self) -> str:
        return f"user:{self.by_id}"


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


class PrivacyRequest(models.Model):
    """What a person asked about their own record. The words and the kind never change."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="requests")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="privacy_requests"
    )
    kind = models.CharField(max_length=16, choices=RequestKind.choices)
    text = EncryptedTextField(blank=True)
    asked_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=RequestState.choices, default=RequestState.RECEIVED
    )
    outcome = models.CharField(max_length=16, choices=RequestOutcome.choices, blank=True)

    program_id: UUID
    asked_by_id: UUID

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_kind_known", condition=Q(kind__in=RequestKind.values)
            ),
            models.CheckConstraint(
                name="request_state_known", condition=Q(state__in=RequestState.values)
            ),
            models.CheckConstraint(
                name="request_answered_has_its_outcome",
                condition=Q(state="answered", outcome__in=RequestOutcome.values)
                | (~Q(state="answered") & Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("request", self.id)

    @property
    def is_open(self) -> bool:
        return self.state in (RequestState.RECEIVED, RequestState.EXTENDED)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at < now()

    def encryption_scope(self) -> str:
        # Kept as long as papers: what was asked and answered outlives the profile.
        return f"papers:{self.asked_by_id}"


class RequestStep(models.Model):
    """One step of a request, in words that both sides read; the history only grows."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(PrivacyRequest, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=16, choices=RequestState.choices)
    comment = EncryptedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    by_id: UUID

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.id)

    def encryption_scope(self) -> str:
        return f"papers:{self.request.asked_by_id}"


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
