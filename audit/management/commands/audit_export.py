"""`manage.py audit_export FOLDER`: a bundle that outsiders check without Quietroom."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.bars import Bar
from audit.context import acting_as_system
from audit.exporting import Export, NothingToExport
from audit.verification import notes_in


class Command(BaseCommand):
    help = "Exports entries with proofs, checkpoint, keys and manifest. The export is recorded."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder to make")
        parser.add_argument("--from", dest="first", type=int, default=0, help="first entry")
        parser.add_argument("--to", dest="last", type=int, help="one past the last entry")
        parser.add_argument(
            "--known",
            type=Path,
            action="append",
            default=[],
            help="a file of older checkpoints: the bundle proves that the log continues them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = [note for path in options["known"] for note in notes_in(path.read_text())]
        export = Export(options["first"], options["last"], known, progress=Bar("Exporting"))
        try:
            with acting_as_system("audit_export"):
                digest, count = export.write(options["folder"])
        except (NothingToExport, OSError) as error:
            raise CommandError(f"Nothing was exported: {error}.") from error
        self.stdout.write(f"{count} entries are in {options['folder']}.")
        self.stdout.write(f"SHA-256 of its manifest, as the log now says: {digest}")
