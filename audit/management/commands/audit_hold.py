"""`manage.py audit_hold place|release`: a legal hold keeps bodies past their retention."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import retention
from audit.context import acting_as_system


class Command(BaseCommand):
    help = "Places or releases a legal hold. Runs with release's settings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["place", "release"])
        parser.add_argument("which", help="a reference such as user:<uuid>, `all`, or a hold's id")
        parser.add_argument("--reason", required=True, help="a code, no prose: court.order")

    def handle(self, *args: Any, **options: Any) -> None:
        which, reason = options["which"], options["reason"]
        with acting_as_system("audit_hold"):
            if options["what"] == "place":
                ref = None if which == "all" else which
                self.stdout.write(f"Hold {retention.place_hold(ref, reason=reason)} is in force.")
                return
            try:
                retention.release_hold(UUID(which), reason=reason)
            except (ValueError, retention.UnknownHold) as error:
                raise CommandError("No hold with that id is in force.") from error
            self.stdout.write("The hold is released.")
