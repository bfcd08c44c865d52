"""`manage.py mail`: the newest mails of MAIL_DIR, as a person would read them."""

from argparse import ArgumentParser
from email import message_from_bytes, policy
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.mail import newest_files


class Command(BaseCommand):
    help = "Print the newest mails that would have been sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", type=int, default=3, help="how many (3)")

    def handle(self, *args: Any, number: int, **options: Any) -> None:
        if not settings.MAIL_DIR:
            raise CommandError("Mails are sent, not kept: MAIL_DIR is not set.")
        files = newest_files(number)
        if not files:
            self.stdout.write("No mail yet.")
        for file in files:
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(preferencelist=("plain",))
            for header in ("Date", "From", "To", "Subject"):
                self.stdout.write(f"{header}: {mail[header]}")
            self.stdout.write(f"\n{body.get_content() if body else ''}\n{'-' * 60}")
