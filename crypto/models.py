"""Wrapped data keys, one current key per scope (`user:<uuid>`, `group:<uuid>`).

Deleting a scope's data keys shreds everything encrypted under them, in backups too.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from crypto.retention import Retention


class DataKey(models.Model):
    retention: ClassVar[Retention] = Retention.ACCOUNT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    scope = models.CharField(max_length=64, db_index=True)
    kek = models.CharField(max_length=32)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(retired_at=None), name="one_current_data_key"
            ),
        ]

    def __str__(self) -> str:
        return f"data key {self.id}"
