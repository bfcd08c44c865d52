"""The closed sets of the office."""

from datetime import timedelta

from django.db.models import TextChoices


class ExportKind(TextChoices):
    NUMBERS = "numbers", "Numbers of the overview (CSV)"
    COPIES = "copies", "Sealed copies of signed papers (ZIP)"


class ExportReason(TextChoices):
    """Why papers leave the house; a code in the log."""

    REVIEW = "review", "A review or an inspection"
    HANDOVER = "records.handover", "Records are handed over"
    DUTY = "legal.duty", "A legal duty"
    REQUEST = "member.request", "A member asked for it"


class ExportState(TextChoices):
    ASKED = "asked", "Waits to be made"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
    ENDED = "ended", "Deleted"


EXPORT_TRANSITIONS: dict[ExportState, frozenset[ExportState]] = {
    ExportState.ASKED: frozenset({ExportState.MAKING, ExportState.ENDED}),
    # Again to the start when the worker that made it died.
    ExportState.MAKING: frozenset(
        {ExportState.MAKING, ExportState.READY, ExportState.FAILED, ExportState.ENDED}
    ),
    ExportState.READY: frozenset({ExportState.ENDED}),
    ExportState.FAILED: frozenset({ExportState.ENDED}),
    ExportState.ENDED: frozenset(),
}
KEPT_FOR = timedelta(hours=24)
# A worker that notes no progress for so long has died.
GIVEN_UP_AFTER = timedelta(minutes=10)
