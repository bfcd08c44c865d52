"""The office apart from requests: ids in, one service call. Every task may run twice."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from audit.context import acting_as_system
from office import services
from office.models import ReminderRun
from office.queries.exports import exports_run_out, exports_to_make


@shared_task
def send_round(run_id: str) -> None:
    with acting_as_system("office"):
        _send(UUID(run_id))


@shared_task
def make_one_export(export_id: str) -> None:
    with acting_as_system("office"):
        services.make_export(export_id=UUID(export_id), now=timezone.now())


@shared_task
def every_minute() -> None:
    """Called by beat, or by the quick start's own loop; also for what a dead worker left behind."""
    now = timezone.now()
    with acting_as_system("office"):
        services.ask_for_due_reminders(now=now)
        for run_id in ReminderRun.objects.filter(sent_at=None).values_list("pk", flat=True):
            _send(run_id)
        for export in exports_to_make(now):
            services.make_export(export_id=export.pk, now=now)
        for export in exports_run_out(now):
            services.end_export(export=export)


@transaction.atomic
def _send(run_id: UUID) -> None:
    """Once, whether the worker or the tick comes first."""
    waiting = ReminderRun.objects.select_for_update(skip_locked=True).filter(sent_at=None)
    run = waiting.filter(pk=run_id).first()
    if run is not None:
        services.send_reminders(run=run)
