"""Writes protocol.gen.ts and the tables of docs/protocol.md; `--check` only compares."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app import protocol


class Command(BaseCommand):
    help = "Write the socket protocol's TypeScript types and documentation from its dataclasses."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a file is out of date")

    def handle(self, *, check: bool, **options: object) -> None:
        for path, text in _files().items():
            if path.exists() and path.read_text() == text:
                continue
            if check:
                raise CommandError(f"{path.name} is out of date: run `manage.py protocol`.")
            path.write_text(text)
            self.stdout.write(f"wrote {path.name}")


def _files() -> dict[Path, str]:
    root = Path(settings.BASE_DIR)
    document = root / "docs" / "protocol.md"
    return {
        root / "frontend" / "src" / "room" / "protocol.gen.ts": protocol.typescript(),
        document: protocol.with_reference(document.read_text()),
    }
