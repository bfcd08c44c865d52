"""`manage.py audit_prove ENTRY`: shows that one entry stands in the signed log."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.context import acting_as_system
from audit.exporting import Export, NothingToExport, number_of


class Command(BaseCommand):
    help = "Writes a bundle of one entry: its body, its proof and the newest checkpoint."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("entry", help="its id or its number")
        parser.add_argument("folder", type=Path, help="a folder to make")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            number = number_of(options["entry"])
            with acting_as_system("audit_prove"):
                Export(number, number + 1).write(folder)
        except (NothingToExport, OSError, ValueError) as error:
            raise CommandError(f"Nothing was proven: {error}.") from error
        lines = (folder / "entries.jsonl").read_text()
        self.stdout.write(f"Entry #{number} and its proof are in {folder}.")
        self.stdout.write(lines)
        self.stdout.write((folder / "checkpoint.txt").read_text())
