"""System checks of the log. What a process refuses to start without is in config/refusals.py."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from audit.sinks import sinks_of


@register(Tags.security)
def anchors_can_be_read(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Whoever has the signing key must also have somewhere to anchor, in production."""
    try:
        sinks = sinks_of(settings.AUDIT_ANCHORS)
    except ValueError as error:
        return [Error(f"AUDIT_ANCHORS: {error}.", id="audit.E001")]
    if settings.MODE == "production" and settings.AUDIT_SIGNING_KEY and not sinks:
        return [Error("AUDIT_ANCHORS needs at least one anchor.", id="audit.E002")]
    return []
