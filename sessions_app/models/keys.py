"""What the server keeps of a session's key group: an order of commits, and who stands where in it.

All of it is deleted when the session ends. Commits and welcomes are ciphertext to the server; a
key package holds an alias, so it is sealed like every other name.
"""

from base64 import b64decode
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from audit.events import Ref
from crypto.fields import EncryptedTextField
from crypto.retention import Retention
from sessions_app.models.schedule import Session
from sessions_app.models.seating import Admission


class KeyGroup(models.Model):
    """One MLS group; a session has at most one current one. `epoch` counts the commits that won."""

    retention = Retention.SESSION_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="key_groups")
    epoch = models.PositiveIntegerField(default=0)
    founded_at = models.DateTimeField(default=now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    session_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="keygroups_one_current",
                fields=["session"],
                condition=Q(replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("keygroup", self.pk)


class KeyPackage(models.Model):
    """The newest unused key package of one visit, as base64."""

    retention = Retention.SESSION_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    admission = models.OneToOneField(
        Admission, on_delete=models.CASCADE, related_name="key_package"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    package = EncryptedTextField()
    uploads = models.PositiveSmallIntegerField(default=1)
    is_used = models.BooleanField(default=False)

    admission_id: UUID
    user_id: UUID

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def data(self) -> bytes:
        return b64decode(self.package)

    def encryption_scope(self) -> str:
        return f"user:{self.user_id}"


class KeyMember(models.Model):
    """One visit's leaf in one group, from the epoch it joined at until the commit that removes it.

    `ready_on` is the connection whose page said that it can open this group: another connection
    of the same visit has to say it again. `welcome` is kept until then.
    """

    retention = Retention.SESSION_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, related_name="members")
    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="leaves")
    joined_epoch = models.PositiveIntegerField()
    left_epoch = models.PositiveIntegerField(null=True, blank=True)
    welcome = models.BinaryField(null=True, blank=True)
    ready_on = models.UUIDField(null=True, blank=True)
    ready_epoch = models.PositiveIntegerField(null=True, blank=True)
    switched_epoch = models.PositiveIntegerField(null=True, blank=True)

    group_id: UUID
    admission_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="keymembers_one_leaf_a_visit",
                fields=["group", "admission"],
                condition=Q(left_epoch__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_ready_on(self, connection: UUID | None) -> bool:
        return connection is not None and self.ready_on == connection


class KeyCommit(models.Model):
    """The commit that won its epoch: opaque bytes, kept so that whoever was away can replay."""

    retention = Retention.SESSION_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, related_name="commits")
    epoch = models.PositiveIntegerField()
    commit = models.BinaryField()
    by = models.ForeignKey(KeyMember, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    group_id: UUID
    by_id: UUID

    class Meta:
        ordering = ["epoch"]
        constraints = [
            models.UniqueConstraint(name="keycommits_one_an_epoch", fields=["group", "epoch"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)
