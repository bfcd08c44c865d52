"""The group's agreement, its versions and the signatures below them.

A published text never changes and a signature never disappears: triggers in the database
(migration 0002) hold this against the application itself.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audit.events import Ref
from consent.kinds import DocumentKind
from consent.standing import DEFAULT_GRACE_DAYS, DEFAULT_REVIEW_DAYS, Terms
from consent.states import SignatureState, VersionState
from crypto.fields import EncryptedBytesField, EncryptedTextField
from crypto.retention import Retention
from groups.models import Group

MAX_DAYS = 400
MAX_GRACE_DAYS = 60


class Agreement(models.Model):
    """One document of a group, of one kind; its words live in the versions."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(
        max_length=16, choices=DocumentKind.choices, default=DocumentKind.CONFIDENTIALITY
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "kind"], name="agreement_one_of_each_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(DocumentKind)), name="agreement_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("agreement", self.id)


class PaperPolicy(models.Model):
    """How often a group's papers are signed anew and looked through. No row: the defaults."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="paper_policy")
    reaffirm_days = models.PositiveSmallIntegerField(null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(default=DEFAULT_GRACE_DAYS)
    asked_again_at = models.DateTimeField(null=True, blank=True)
    review_days = models.PositiveSmallIntegerField(default=DEFAULT_REVIEW_DAYS)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    review_reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reaffirm_days__isnull=True)
                | Q(reaffirm_days__gte=1, reaffirm_days__lte=MAX_DAYS),
                name="policy_reaffirm_bounded",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=MAX_GRACE_DAYS), name="policy_grace_bounded"
            ),
            models.CheckConstraint(
                condition=Q(review_days__gte=1, review_days__lte=MAX_DAYS),
                name="policy_review_bounded",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="policy_reviewed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("paper_policy", self.id)

    @property
    def terms(self) -> Terms:
        return Terms.of_days(self.reaffirm_days, self.grace_days, self.asked_again_at)


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


class Translation(models.Model):
    """One version in another language; final together with the version (migration 0006)."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="translations"
    )
    language = models.CharField(max_length=8)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], name="translation_once_per_language"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("translation", self.id)


class Question(models.Model):
    """What somebody asked about a paper before signing it, and what a therapist answered."""

    retention = Retention.PAPERS_SIX_YEARS

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="questions"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions"
    )
    text = EncryptedTextField()
    asked_at = models.DateTimeField()
    answer = EncryptedTextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="question_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("question", self.id)

    @property
    def waits(self) -> bool:
        return self.answered_at is None

    def encryption_scope(self) -> str:
        return f"papers:{self.asked_by_id}"


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
    # The minor for whom a guardian signed; empty where somebody signed for themselves.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
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
                fields=["user", "version", "on_behalf_of"],
                condition=Q(state=SignatureState.VALID),
                nulls_distinct=False,
                name="signature_one_valid_per_version",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=F("user")),
                name="signature_for_another",
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
