"""The state of one limit for one key; see accounts/limits.py."""

from uuid import uuid4

from django.db import models

from crypto.retention import Retention


class LimitBucket(models.Model):
    """`key` is a keyed digest of what is limited; at `spent_until` the bucket is full again."""

    retention = Retention.TRANSIENT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    spent_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"limit_bucket:{self.pk}"
