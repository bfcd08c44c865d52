"""What a programme's office keeps: wordings, reminders and exports. Nothing about a member.

Who signed what stays where it is (`consent`); the office counts it each time it is asked.
"""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.events import Ref
from consent.kinds import DocumentKind
from consent.states import VersionState
from crypto.fields import EncryptedBytesField, EncryptedField
from crypto.retention import Retention
from groups.models import Group, Program
from office.errors import StepRefused
from office.states import EXPORT_TRANSITIONS, ExportKind, ExportReason, ExportState

MAX_EVERY_DAYS = 30


class PaperTemplate(models.Model):
    """One document of the programme's library; its words live in the versions."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="templates")
    kind = models.CharField(max_length=16, choices=DocumentKind.choices)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["program", "kind", "name"], name="template_named_once"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(DocumentKind)), name="template_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("template", self.id)


class TemplateVersion(models.Model):
    """A draft that may be edited, or words that groups begin from and that stay as they are."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    template = models.ForeignKey(PaperTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=16, choices=VersionState.choices, default=VersionState.DRAFT
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="template_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(state=VersionState.DRAFT),
                name="template_one_draft",
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(state=VersionState.PUBLISHED),
                name="template_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(VersionState)), name="template_version_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT, published_at__isnull=True, sha256="")
                | (~Q(state=VersionState.DRAFT) & Q(published_at__isnull=False) & ~Q(sha256="")),
                name="template_published_has_time_and_hash",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("template_version", self.id)


class LibraryClause(models.Model):
    """A wording of one clause of one kind of document, to be put into templates."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="clauses")
    kind = models.CharField(max_length=16, choices=DocumentKind.choices)
    key = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    text = models.TextField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "kind", "key", "name"], name="clause_named_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(DocumentKind)), name="clause_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("clause", self.id)


class ReminderPlan(models.Model):
    """How often those with open papers are reminded by mail. No row, or no days: never."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.OneToOneField(Program, on_delete=models.PROTECT, related_name="reminder_plan")
    every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every_days__isnull=True, next_at__isnull=True)
                | Q(every_days__gte=1, every_days__lte=MAX_EVERY_DAYS, next_at__isnull=False),
                name="reminder_plan_bounded",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("reminder_plan", self.id)


class ReminderRun(models.Model):
    """One round of reminders: numbers only. Each person's own mail is an entry in the log."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="reminder_runs")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("reminder_run", self.id)


class Export(models.Model):
    """A file made in the background, taken with a fresh factor, deleted after a day."""

    retention = Retention.TRANSIENT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="exports")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=ExportKind.choices)
    reason = models.CharField(max_length=32, choices=ExportReason.choices)
    state = models.CharField(max_length=16, choices=ExportState.choices, default=ExportState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Declared, because the field's own type knows no null.
    file: "EncryptedField[bytes | None, bytes | None]" = EncryptedBytesField(null=True)  # type: ignore[assignment, misc]
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(ExportState)), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.READY, file__isnull=False, expires_at__isnull=False)
                | (~Q(state=ExportState.READY) & Q(file__isnull=True)),
                name="export_file_only_while_ready",
            ),
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(state__in=[ExportState.ASKED, ExportState.MAKING]),
                name="export_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("export", self.id)

    @property
    def is_open(self) -> bool:
        return self.state in (ExportState.ASKED, ExportState.MAKING)

    @property
    def suffix(self) -> str:
        return "csv" if self.kind == ExportKind.NUMBERS else "zip"

    def encryption_scope(self) -> str:
        return f"export:{self.id}"

    def move_to(self, state: ExportState, *, at: datetime) -> None:
        """On this instance; MUST be saved under the caller's row lock. Raises StepRefused."""
        if state not in EXPORT_TRANSITIONS[ExportState(self.state)]:
            raise StepRefused(f"{self.state} to {state}")
        self.state, self.moved_at = state, at
