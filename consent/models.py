"""The group's agreement, its versions and the signatures below them.

A published text never changes and a signature never disappears: triggers in the database
(migration 0002) hold this against the application itself.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.events import Ref
from consent.states import SignatureState, VersionState
from crypto.fields import EncryptedBytesField, EncryptedTextField
from crypto.retention import Retention
from groups.models import Group


class Agreement(models.Model):
    """The one confidentiality agreement of a group; its words live in the versions."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="agreement")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("agreement", self.id)


class AgreementVersion(models.Model):
    """A draft that may be edited, or a published text that may only be superseded."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=16, choices=VersionState.choices, default=VersionState.DRAFT
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state=VersionState.DRAFT),
                name="version_one_draft",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state=VersionState.PUBLISHED),
                name="version_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(VersionState)), name="version_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT, published_at__isnull=True, sha256="")
                | (~Q(state=VersionState.DRAFT) & Q(published_at__isnull=False) & ~Q(sha256="")),
                name="version_published_has_time_and_hash",
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.SUPERSEDED, superseded_at__isnull=False)
                | (~Q(state=VersionState.SUPERSEDED) & Q(superseded_at__isnull=True)),
                name="version_superseded_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("agreement_version", self.id)

    @property
    def is_in_force(self) -> bool:
        return self.state == VersionState.PUBLISHED


class Signature(models.Model):
    """Who signed which exact text, when, how surely and meaning what. Rows are never deleted."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures"
    )
    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="signatures"
    )
    printed_name = EncryptedTextField()
    signed_at = models.DateTimeField()
    meaning = models.TextField()
    language = models.CharField(max_length=8, default="en")
    document_sha256 = models.CharField(max_length=64)
    record_digest = models.CharField(max_length=64)
    clauses = models.JSONField(default=list)
    auth_strength = models.CharField(max_length=32)
    address = EncryptedTextField(blank=True)
    user_agent = EncryptedTextField(blank=True)
    state = models.CharField(
        max_length=16, choices=SignatureState.choices, default=SignatureState.VALID
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "version"],
                condition=Q(state=SignatureState.VALID),
                name="signature_one_valid_per_version",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(SignatureState)), name="signature_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SignatureState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=SignatureState.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="signature_withdrawn_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("signature", self.id)

    @property
    def is_valid(self) -> bool:
        return self.state == SignatureState.VALID

    def encryption_scope(self) -> str:
        # Papers outlive the profile: shredding a person's profile key leaves them readable.
        return f"papers:{self.user_id}"


class SealedCopy(models.Model):
    """The signer's PDF of one signature: made once, taken often, never replaced."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="copy")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pdf = EncryptedBytesField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("sealed_copy", self.id)

    def encryption_scope(self) -> str:
        return f"papers:{self.user_id}"
