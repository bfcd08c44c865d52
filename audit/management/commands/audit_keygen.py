"""`manage.py audit_keygen`: a new signing key for the sequencer, and its public half."""

import base64
import os
from typing import Any

from django.core.management.base import BaseCommand

from audit import note
from audit.sequencer import log_name


class Command(BaseCommand):
    help = "Prints a new AUDIT_SIGNING_KEY and the verifier key to give to auditors."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        seed = base64.b64encode(os.urandom(note.SEED_BYTES)).decode()
        public = note.signing_key(seed).public_key()
        self.stdout.write(f"AUDIT_SIGNING_KEY={seed}")
        self.stdout.write(f"Verifier key: {note.verifier_key(log_name(), public)}")
