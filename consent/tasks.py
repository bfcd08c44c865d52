"""The minute tick of papers and lessons: what is due is asked from the database each time."""

from celery import shared_task
from django.utils import timezone

from audit.context import acting_as_system
from consent import learned, queries, services

COPIES_AT_ONCE = 20
REMINDERS_AT_ONCE = 50


@shared_task
def every_minute() -> None:
    """Idempotent; called by beat, or by the quick start's own loop."""
    with acting_as_system("beat"):
        for signature in queries.signatures_without_copy(limit=COPIES_AT_ONCE):
            services.seal_copy(signature=signature)
        for user in learned.people_to_remind(limit=REMINDERS_AT_ONCE):
            services.remind_of_lessons(user=user)
        for group in queries.groups_to_remind(timezone.now())[:REMINDERS_AT_ONCE]:
            services.remind_of_review(group=group)
