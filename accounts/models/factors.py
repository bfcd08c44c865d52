"""Second factors: TOTP, passkeys and the recovery codes that stand in for a lost one."""

from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from audit.events import Ref
from crypto.fields import EncryptedTextField
from crypto.retention import Retention


class TotpDevice(models.Model):
    """An authenticator app. The secret (base32) is encrypted; `last_step` refuses replays."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="totp_devices")
    name = models.CharField(max_length=60, default="Authenticator app")
    secret = EncryptedTextField()
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="accounts_totp_one_unconfirmed",
                fields=["user"],
                condition=models.Q(confirmed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("totp", self.pk)

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"


class RecoveryCode(models.Model):
    """One of ten codes; only a keyed digest is stored, `used_at` is set once and never cleared."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("recovery_code", self.pk)


class Passkey(models.Model):
    """A WebAuthn credential. `last_challenge` refuses a second use of one assertion."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60, default="Passkey")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    last_challenge = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    user_id: UUID

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("passkey", self.pk)
