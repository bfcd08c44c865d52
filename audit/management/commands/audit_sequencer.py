"""`manage.py audit_sequencer`: orders and signs audit entries until it is told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import sequencer
from audit.errors import LogMismatch


class Command(BaseCommand):
    help = "Orders audit entries into the signed Merkle log. Two may run; one works at a time."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            sequencer.run(stop)
        except LogMismatch as error:
            raise CommandError(f"The log is not what was signed: {error}.") from error
