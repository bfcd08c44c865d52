"""Mail on its way out: written with the change that causes it, deleted once delivered."""

from uuid import uuid4

from django.db import models
from django.utils import timezone

from crypto.fields import EncryptedTextField
from crypto.retention import Retention


class OutgoingMail(models.Model):
    retention = Retention.TRANSIENT

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    recipient = EncryptedTextField()
    sender = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    body = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"mail:{self.pk}"

    def encryption_scope(self) -> str:
        return "mail"
