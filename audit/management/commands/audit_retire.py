"""`manage.py audit_retire FOLDER`: exports months past their retention, then drops their bodies."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import retention
from audit.context import acting_as_system
from audit.exporting import NothingToExport


class Command(BaseCommand):
    help = "Runs with release's settings: the owner's role is needed. Leaves stay for ever."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where a bundle of each month is written")
        parser.add_argument("--dry-run", action="store_true", help="only name the months")

    def handle(self, *args: Any, **options: Any) -> None:
        months = retention.months_due()
        for month in months:
            name = f"{month:%Y-%m}"
            if options["dry_run"]:
                self.stdout.write(f"{name} is due.")
                continue
            try:
                with acting_as_system("audit_retire"):
                    dropped = retention.retire(month, options["folder"] / f"audit-{name}")
            except (retention.NotChecked, NothingToExport, OSError) as error:
                raise CommandError(f"{name} stays: {error}.") from error
            self.stdout.write(f"{name}: {dropped} bodies are gone, their bundle is kept.")
        if not months:
            self.stdout.write("No month is due.")
