"""What the desk does by itself: checks the log, looks for alerts, draws due reviews."""

from celery import shared_task

from audit.context import acting_as_system
from compliance.queries.checks import check_is_due
from compliance.services.alerts import run_detectors
from compliance.services.checking import check_log
from compliance.services.reviews import open_due_reviews


@shared_task
def every_minute() -> None:
    """Idempotent; called by beat, or by the quick start's own loop."""
    with acting_as_system("desk"):
        if check_is_due():
            check_log()
        run_detectors()
        open_due_reviews()
