"""What somebody tried out ahead of a first session: sound and picture, and the place they sit."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from audit.events import Ref
from crypto.retention import Retention
from sessions_app.states import RehearsalKind, words


class Rehearsal(models.Model):
    """That it was tried, and when; neither which device nor which answer."""

    retention = Retention.PROFILE

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rehearsals"
    )
    kind = models.CharField(max_length=16)
    done_at = models.DateTimeField(default=now)

    user_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rehearsal_once", fields=["user", "kind"]),
            models.CheckConstraint(
                name="rehearsal_kind_known", condition=Q(kind__in=words(RehearsalKind))
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("rehearsal", self.pk)
