"""`manage.py consent_verify`: checks every published text, signature and sealed copy."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.verification import Checked, check_all


class Command(BaseCommand):
    help = "Checks every text, signature and sealed copy. Exit status 1 when one is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        done = Checked()
        wrong = 0
        for finding in check_all(done):
            wrong += 1
            self.stderr.write(f"WRONG: {finding}.")
        seen = (
            f"{done.versions} texts, {done.translations} translations, "
            f"{done.signatures} signatures, {done.copies} sealed copies"
        )
        if wrong:
            raise CommandError(f"{wrong} found wrong among {seen}.", returncode=1)
        self.stdout.write(f"Verified: {seen}.")
