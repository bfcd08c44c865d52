"""What the detectors found, and what people decided about it.

Decisions MUST NOT change afterwards; triggers hold that (migration 0002).
"""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from audit.events import Ref
from compliance.states import AlertState, Detector
from crypto.fields import EncryptedTextField
from crypto.retention import Retention
from groups.models import Program


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
