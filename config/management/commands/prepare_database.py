"""`manage.py prepare_database`: makes the roles named in the addresses; before `migrate`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections, transaction

from config.roles import Preparation


class Command(BaseCommand):
    help = "Creates the database roles and their logins. Idempotent; runs as the owner."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        owner = connections["owner"]
        try:
            with transaction.atomic(using="owner"), owner.cursor() as cursor:
                name = str(settings.DATABASES["owner"]["USER"])
                Preparation(cursor=cursor, owner=name).run(settings.DATABASES)
        except DatabaseError as error:
            raise CommandError(
                "The owner of the database may not prepare it: give it CREATEROLE "
                f"(SQLSTATE {getattr(error.__cause__, 'sqlstate', None)})."
            ) from error
