"""A programme's own checklist of a private space."""

from uuid import uuid4

from django.db import models

from audit.events import Ref
from crypto.retention import Retention
from groups.models import Program
from sessions_app.space import SpaceItem


class SpaceChecklist(models.Model):
    """Replaced as a whole. No row: the words of sessions_app/space.py."""

    retention = Retention.CONFIG

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.OneToOneField(
        Program, on_delete=models.CASCADE, related_name="space_checklist"
    )
    entries = models.JSONField()

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("space_checklist", self.pk)

    @property
    def items(self) -> list[SpaceItem]:
        return [SpaceItem.read(entry) for entry in self.entries]
