"""Sign-ins: one row for each device a person signed in with, and password resets under way.

A SignIn opens nothing before `factor_at` is set: the password alone is worth nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.people import User
from audit.events import Ref
from crypto.fields import EncryptedTextField
from crypto.retention import Retention

SESSION_SIGN_IN = "sign_in"
# A password proven this long ago is proven no more: the second factor follows at once.
FACTOR_WITHIN = timedelta(minutes=10)
PASSWORD_RESET_WITHIN = timedelta(minutes=30)
# A step-up waits this long for the signature it was made for.
SIGNATURE_WITHIN = timedelta(minutes=10)


class Factor(models.TextChoices):
    """How a second factor was shown; `strength` is the audit log's word for the whole proof."""

    PASSKEY = "passkey", "passkey"
    TOTP = "totp", "code from your app"
    RECOVERY = "recovery", "recovery code"

    @property
    def strength(self) -> str:
        return "passkey" if self is Factor.PASSKEY else f"password+{self.value}"


class SignIn(models.Model):
    retention = Retention.AUDIT_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40)
    address = EncryptedTextField(blank=True)
    device = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    factor = models.CharField(max_length=16, choices=Factor.choices, blank=True)
    factor_at = models.DateTimeField(null=True, blank=True)
    stepped_up_at = models.DateTimeField(null=True, blank=True)
    stepped_up_with = models.CharField(max_length=16, choices=Factor.choices, blank=True)
    # Set by a step-up, cleared by the one signature it is good for.
    signature_ready_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_signin_one_per_session",
                fields=["session_key"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="accounts_signin_factor_and_time_together",
                condition=models.Q(factor="", factor_at__isnull=True)
                | models.Q(factor__in=Factor.values, factor_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("signin", self.pk)

    @property
    def is_pending(self) -> bool:
        """The password is proven, the second factor is not: everything is still closed."""
        return self.factor_at is None

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and not self.is_pending and not self.is_locked

    @property
    def auth_strength(self) -> str:
        return Factor(self.factor).strength if self.factor else "password"

    @property
    def step_up_strength(self) -> str:
        return Factor(self.stepped_up_with).strength if self.stepped_up_with else ""

    @property
    def idle_limit(self) -> timedelta:
        limits: dict[str, timedelta] = settings.SIGN_IN_IDLE
        return limits["staff" if self.user.is_staff else "participant"]

    def has_expired(self, now: datetime) -> bool:
        """Past the absolute limit: 24 h, or 10 minutes while the second factor is missing."""
        limit = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return now - self.created_at > (FACTOR_WITHIN if self.is_pending else limit)

    def is_idle(self, now: datetime) -> bool:
        return now - self.last_seen_at > self.idle_limit

    def signature_is_ready(self, now: datetime) -> bool:
        ready_at = self.signature_ready_at
        return ready_at is not None and now - ready_at <= SIGNATURE_WITHIN

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"


class PasswordReset(models.Model):
    """One request for a reset link. It is kept for unknown addresses too, so that the work,
    the answer and the time are the same; `user` stays empty then and no mail goes out."""

    retention = Retention.TRANSIENT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address_index = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True)
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("password_reset", self.pk)

    @property
    def expires_at(self) -> datetime:
        return self.created_at + PASSWORD_RESET_WITHIN
