"""`manage.py mail`: the mail that the demo wrote to files instead of sending it."""

from argparse import ArgumentParser
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.mail import newest_files


class Command(BaseCommand):
    help = "Shows the newest mail of the demo, the newest last."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=5, help="how many (5)")

    def handle(self, *args: Any, count: int, **options: Any) -> None:
        if settings.MODE != "development":
            raise CommandError("Mail is written to files in the demo only.")
        files = newest_files(count)
        if not files:
            self.stdout.write("No mail yet.")
        for file in reversed(files):
            self.stdout.write(self._shown(file))

    def _shown(self, file: Path) -> str:
        message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        return f"To: {message['To']}\nSubject: {message['Subject']}\n\n{text}\n{'-' * 60}"
