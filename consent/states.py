"""The closed sets of this app (journeys.md §5.1)."""

from django.db.models import TextChoices


class VersionState(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "In force"
    SUPERSEDED = "superseded", "Replaced"


class SignatureState(TextChoices):
    VALID = "valid", "Valid"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Replaced by a newer one"
    EXPIRED = "expired", "Expired"


VERSION_TRANSITIONS: dict[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.PUBLISHED}),
    VersionState.PUBLISHED: frozenset({VersionState.SUPERSEDED}),
    VersionState.SUPERSEDED: frozenset(),
}

SIGNATURE_TRANSITIONS: dict[SignatureState, frozenset[SignatureState]] = {
    SignatureState.VALID: frozenset(
        {SignatureState.WITHDRAWN, SignatureState.SUPERSEDED, SignatureState.EXPIRED}
    ),
    SignatureState.WITHDRAWN: frozenset(),
    SignatureState.EXPIRED: frozenset(),
    SignatureState.SUPERSEDED: frozenset(),
}
