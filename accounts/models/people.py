"""People: the account, its role and the private profile.

A role is given by an invitation and never by join order. A true name never reaches a peer.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from audit.events import Ref
from crypto import blind_index
from crypto.fields import BlindIndexField, EncryptedTextField
from crypto.retention import Retention


class Role(models.TextChoices):
    PARTICIPANT = "participant", "Member"
    THERAPIST = "therapist", "Therapist"
    COMPLIANCE = "compliance", "Compliance officer"
    ADMIN = "admin", "Programme admin"
    # Signs papers for a minor; belongs to no group and enters no session.
    GUARDIAN = "guardian", "Parent or guardian"


STAFF = frozenset({Role.THERAPIST, Role.COMPLIANCE, Role.ADMIN})


def email_digest(email: str) -> str:
    """What the account of this address is found by; the address itself is stored encrypted."""
    return blind_index.digest("accounts.user.email", email)


class UserManager(BaseUserManager["User"]):
    def get_by_email(self, email: str) -> "User":
        """Raises User.DoesNotExist; whoever asks MUST NOT let an answer depend on it."""
        return self.get(email_index=email_digest(email))


class User(AbstractBaseUser):
    """One person's account; `password` holds an Argon2id hash."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = EncryptedTextField()
    email_index = BlindIndexField(source="email", unique=True)
    role = models.CharField(max_length=16, choices=Role.choices)
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The time of the last sign-in stands in SignIn, once.
    last_login = None

    USERNAME_FIELD = "email_index"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_user_role_known", condition=models.Q(role__in=Role.values)
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("user", self.pk)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django declares a plain attribute
        return self.suspended_at is None

    @property
    def is_staff(self) -> bool:
        """Whether the shorter idle limit of people who see others' data applies."""
        return self.role in STAFF

    @property
    def has_factor(self) -> bool:
        """Whether a confirmed second factor exists; recovery codes alone are none."""
        return (
            self.totp_devices.filter(confirmed_at__isnull=False).exists() or self.passkeys.exists()
        )

    def encryption_scope(self) -> str:
        return f"user:{self.pk}"


class Profile(models.Model):
    """What a person tells in private; forms say beside each field who sees it."""

    retention = Retention.PROFILE

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    true_name = EncryptedTextField(blank=True)
    call_back = EncryptedTextField(blank=True)
    emergency_contact = EncryptedTextField(blank=True)
    accommodations = EncryptedTextField(blank=True)
    # ISO 8601. None where nobody needs to know it; never changed by the person once it is told.
    birth_date = EncryptedTextField(null=True, blank=True)  # type: ignore[misc]  # see born_on
    language = models.CharField(max_length=8, default="en")
    updated_at = models.DateTimeField(auto_now=True)

    user_id: UUID

    def __str__(self) -> str:
        return f"profile:{self.pk}"

    @property
    def ref(self) -> Ref:
        return Ref("profile", self.pk)

    @property
    def born_on(self) -> date | None:
        return date.fromisoformat(self.birth_date) if self.birth_date else None

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"
