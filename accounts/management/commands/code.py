"""`manage.py code thea`: the present one-time code of a person of the demo. Development only."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import totp
from accounts.models import TotpDevice, User
from accounts.models.people import email_digest

DEMO_HOST = "example.org"


class Command(BaseCommand):
    help = "Print the present one-time code of a person (development only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("who", help="a name of the demo cast, or an e-mail address")

    def handle(self, *args: Any, who: str, **options: Any) -> None:
        if settings.MODE not in ("development", "test"):
            raise CommandError("Codes are printed in development only.")
        self.stdout.write(unused_code(_device_of(who)))


def unused_code(device: TotpDevice) -> str:
    """The first code that still opens something: a code works once, so the present one may be
    used up. The next one counts already, for drift; the one after that is waited for."""
    step = max(totp.present_step(), device.last_step + 1)
    while step > totp.present_step() + totp.DRIFT_STEPS:
        time.sleep(1)
    return totp.code_at(device.secret, step)


def _device_of(who: str) -> TotpDevice:
    email = who if "@" in who else f"{who.lower()}@{DEMO_HOST}"
    user = User.objects.filter(email_index=email_digest(email)).first()
    if user is None:
        raise CommandError("Nobody has this name or address.")
    device = user.totp_devices.filter(confirmed_at__isnull=False).first()
    if device is None:
        raise CommandError("This person has not set up an authenticator app yet.")
    return device
