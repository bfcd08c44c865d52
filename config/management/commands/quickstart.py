"""`manage.py quickstart`: the whole of Quietroom in one process, with a fictitious cast."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.development.bootstrap import refuse_taken_ports
from config.development.cast import EVERYBODY
from config.development.home import Home
from config.development.progress import Stop, leave, say


class Command(BaseCommand):
    help = "Starts the demo: migrations, a fictitious cast and every process in one."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE != "development":
            raise CommandError("quickstart is the demo: it runs with MODE=development only.")
        home = Home.open()
        try:
            refuse_taken_ports()
            say("Starting PostgreSQL")
            database = home.start_database()
            try:
                self._prepare()
                self._run(home)
            finally:
                if database is not None:
                    database.stop()
        except Stop as reason:
            leave(reason)
        except KeyboardInterrupt:
            leave("It was stopped before it was ready.")
        say("Everything has stopped")

    def _prepare(self) -> None:
        say("Preparing the database")
        call_command("release", stdout=StringIO())
        call_command("collectstatic", verbosity=0, interactive=False)

    def _run(self, home: Home) -> None:
        from config.asgi import application
        from config.development import past, seed
        from config.development.one_process import OneProcess

        if not seed.is_seeded():
            say("Seeding the fictitious cast")
            seed.Seed(home).run()
            past.tell_past()
        seed.keep_session_open()
        invitation = seed.visitor_invitation(home)
        OneProcess(
            application=application,
            port=int(settings.PUBLIC_URL.rpartition(":")[2]),
            when_ready=lambda: self._say_ready(home, invitation),
            every_minute=seed.keep_session_open,
        ).run()

    def _say_ready(self, home: Home, invitation: str) -> None:
        lines = [
            f"\nQUIETROOM READY {settings.PUBLIC_URL}",
            "\nSign in as (all of them are made up):",
            *(
                f"  {person.email:<22}{home.password_of(person.name):<22}{person.part}"
                for person in EVERYBODY
            ),
            f"\nPassphrase of Thea's group: {home.secrets.get('passphrase of thea', '')}",
            "One-time code:     make code WHO=thea",
            "Mail it would send: make mail",
            f"Walk in yourself:   {settings.PUBLIC_URL}{invitation}",
            "\nUse a browser profile or private window for each person. Ctrl-C stops everything.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
