"""`manage.py rotate_keys`: after a new key was put first in FIELD_KEY, and from time to time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crypto.rotation import rotate


class Command(BaseCommand):
    help = "Re-encrypts every row under fresh data keys wrapped by the first key of FIELD_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every-key", action="store_true", help="also keys that are current")
        parser.add_argument("--database", default="owner", help="the owner may rewrite signed rows")

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate(using=options["database"], every_key=options["every_key"])
        self.stdout.write(
            f"{done.keys_replaced} data keys replaced, {done.values_read} values read,"
            f" {done.values_sealed_anew} sealed anew, {done.keys_deleted} old data keys deleted."
        )
        if done.unreadable:
            rows = "\n".join(done.unreadable)
            raise CommandError(f"These rows cannot be read; their keys were kept:\n{rows}")
