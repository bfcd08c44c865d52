"""The answers of one person's one attempt to join one session."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from accounts.models import SignIn
from audit.events import Ref
from consent.models import AgreementVersion
from crypto.fields import EncryptedJSONField, EncryptedTextField
from crypto.retention import Retention
from sessions_app.models.schedule import Session
from sessions_app.states import OverrideReason, SeatMode, VoidReason, words


class PreJoin(models.Model):
    """Voided by leaving, by the session's end, by a new passphrase and by a new agreement.

    `paper_version` is the agreement that was in force when the attempt began. Location and
    call-back are read by the person, and by a therapist in an emergency: never by a peer.
    `later_at`: they have no private space and come another time.
    `encrypts_on` is the sign-in whose browser said that it can encrypt end to end.
    """

    retention = Retention.LOCATION_DAYS_30

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="prejoins"
    )
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="prejoins")
    paper_version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mode = models.CharField(max_length=8, default=SeatMode.VIDEO.value)
    reminder_acknowledged_at = models.DateTimeField(null=True, blank=True)
    environment_attested_at = models.DateTimeField(null=True, blank=True)
    environment = EncryptedJSONField(null=True, blank=True)
    location_confirmed_at = models.DateTimeField(null=True, blank=True)
    location = EncryptedTextField(blank=True, default="")
    call_back = EncryptedTextField(blank=True, default="")
    location_override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    location_override_reason = models.CharField(max_length=32, blank=True)
    devices_at = models.DateTimeField(null=True, blank=True)
    encrypts_on = models.ForeignKey(
        SignIn, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    passphrase_ok_at = models.DateTimeField(null=True, blank=True)
    passphrase_failures = models.PositiveSmallIntegerField(default=0)
    help_asked_at = models.DateTimeField(null=True, blank=True)
    later_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=32, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID
    session_id: UUID
    paper_version_id: UUID | None
    location_override_by_id: UUID | None
    encrypts_on_id: UUID | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="prejoin_one_attempt_at_a_time",
                fields=["user", "session"],
                condition=Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="prejoin_mode_known", condition=Q(mode__in=words(SeatMode))
            ),
            models.CheckConstraint(
                name="prejoin_void_has_a_reason",
                condition=Q(voided_at__isnull=True, void_reason="")
                | Q(voided_at__isnull=False, void_reason__in=words(VoidReason)),
            ),
            models.CheckConstraint(
                name="prejoin_override_has_a_reason",
                condition=Q(location_override_by__isnull=True, location_override_reason="")
                | Q(
                    location_override_by__isnull=False,
                    location_override_reason__in=words(OverrideReason),
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("prejoin", self.pk)

    @property
    def location_is_settled(self) -> bool:
        return self.location_confirmed_at is not None or self.location_override_by_id is not None

    @property
    def says_private(self) -> bool:
        answers: dict[str, Any] = self.environment or {}
        return answers.get("alone") is True

    @property
    def note(self) -> str:
        """To be read with select_related("door_note")."""
        if self._state.adding or not hasattr(self, "door_note"):
            return ""
        return self.door_note.text

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"


class DoorNote(models.Model):
    """A few words from the door to the therapist. Deleted as soon as the attempt is over."""

    retention = Retention.SESSION_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    prejoin = models.OneToOneField(PreJoin, on_delete=models.CASCADE, related_name="door_note")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = EncryptedTextField()
    written_at = models.DateTimeField(default=now)

    user_id: UUID

    def __str__(self) -> str:
        return str(self.id)

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"
