"""The minute tick of sessions: what time does by itself."""

from celery import shared_task

from audit.context import acting_as_system
from sessions_app import services


@shared_task
def every_minute() -> None:
    """Idempotent; called by beat, or by the quick start's own loop."""
    with acting_as_system("beat"):
        services.keep_all_sessions()
        services.sweep_lost()
        if services.locations_are_due():
            services.purge_locations()
