"""What people ask about their own record. Steps only grow; triggers hold that (migration 0004)."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from audit.events import Ref
from compliance.states import RequestKind, RequestOutcome, RequestState
from crypto.fields import EncryptedTextField
from crypto.retention import Retention
from groups.models import Program


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
