"""`manage.py code thea`: the one-time code that a person of the demo's authenticator shows now."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts.models import TotpDevice, User
from config.development.cast import EVERYBODY
from config.development.walk import next_code, seconds_to_next_step


class Command(BaseCommand):
    help = "Prints the present one-time code of a person of the demo."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("who", nargs="?", default="", help="thea, ana, ben, … or an address")

    def handle(self, *args: Any, who: str, **options: Any) -> None:
        if settings.MODE != "development":
            raise CommandError("Codes are read from the database in the demo only.")
        if not who:
            names = ", ".join(person.name for person in EVERYBODY)
            raise CommandError(f"Say whose: make code WHO=thea (one of {names}).")
        try:
            self.stdout.write(self._code(who))
        except OperationalError as error:
            raise CommandError("Start Quietroom first, in another terminal: make run.") from error

    def _code(self, who: str) -> str:
        user = self._person(who)
        while (code := next_code(user)) is None:
            wait = seconds_to_next_step()
            self.stderr.write(f"The last code was used; the next one comes in {wait:.0f} s.")
            time.sleep(wait)
        return code

    def _person(self, who: str) -> User:
        address = who if "@" in who else f"{who.lower()}@example.org"
        try:
            user = User.objects.get_by_email(address)
            user.totp_devices.latest("created_at")
        except (User.DoesNotExist, TotpDevice.DoesNotExist) as error:
            raise CommandError("Nobody of this name has an authenticator here.") from error
        return user
