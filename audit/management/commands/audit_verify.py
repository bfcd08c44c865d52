"""`manage.py audit_verify`: checks the log in the database and names the first bad entry."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import verify
from audit.bars import Bar
from audit.verification import Log, notes_in, stored_keys


class Command(BaseCommand):
    help = "Checks every entry, leaf, checkpoint and anchor. Exit status 1 when one is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=int, default=0, help="first entry")
        parser.add_argument("--to", dest="last", type=int, help="one past the last entry")
        parser.add_argument("--key", type=Path, help="verifier keys, one a line")
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            default=[],
            help="a file of checkpoints held outside, such as an anchor file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = verify.keys_of(options["key"].read_text() if options["key"] else stored_keys())
            held = [
                (str(path), note)
                for path in options["checkpoint"]
                for note in notes_in(path.read_text())
            ]
            log = Log(keys, held=held, progress=Bar("Verifying"))
            found = log.check(options["first"], options["last"])
        except verify.Wrong as wrong:
            raise CommandError(f"WRONG: {wrong}.", returncode=1) from wrong
        except (verify.Unusable, OSError) as error:
            raise CommandError(f"Cannot be checked: {error}.", returncode=2) from error
        self.stdout.write(
            f"Verified: entries #{found.first} to #{found.last - 1}, {found.bodies} with their"
            f" body, {found.checkpoints} checkpoints, {found.anchors} anchors."
        )
        self.stdout.write(f"Root: {found.root.hex()}")
        if options["key"] is None:
            self.stdout.write("The keys were the log's own; --key takes those you hold yourself.")
        if not found.anchors:
            self.stdout.write("No anchor was compared: a cut or rewritten log would not be seen.")
