"""`manage.py detect`: runs the detectors now, or says what they find in the past days."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.context import acting_as_system
from compliance.services.alerts import hits, run_detectors


class Command(BaseCommand):
    help = "Looks through the audit log for what is unusual, and raises alerts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, help="only tell what the last days hold; raises nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] is None:
            with acting_as_system("detect"):
                raised = run_detectors()
            self.stdout.write(f"{raised} alerts raised.")
            return
        now = timezone.now()
        found = hits(now - timedelta(days=options["days"]), now)
        for hit in found:
            self.stdout.write(
                f"{hit.since:%Y-%m-%d %H:%M} UTC  {hit.detector.value}  {hit.about}"
                f"  {len(hit.entries)} entries"
            )
        self.stdout.write(f"{len(found)} findings.")
