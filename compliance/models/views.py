"""What an officer keeps of the explorer: filters under names of their own."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from audit.events import Ref
from crypto.fields import EncryptedTextField
from crypto.retention import Retention


class SavedView(models.Model):
    """One officer's filter of the explorer under a name of theirs; both may tell of a person."""

    retention = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = EncryptedTextField(max_length=60)
    query = EncryptedTextField()
    created_at = models.DateTimeField(default=now)

    owner_id: UUID

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("view", self.id)

    def encryption_scope(self) -> str:
        return f"user:{self.owner_id}"
