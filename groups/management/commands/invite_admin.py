"""`manage.py invite_admin ADDRESS`: the first admin's invitation; then people invite people."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import Role
from audit.context import acting_as_system
from groups.models import Program
from groups.services import create_program, invite


class Command(BaseCommand):
    help = (
        "Mails and prints an invitation for a programme admin; makes the programme if none exists."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the admin's e-mail address")
        parser.add_argument("--programme", default="", help="its name, when several exist")

    def handle(self, *, address: str, programme: str, **options: object) -> None:
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError("This is not an e-mail address.") from error
        with acting_as_system("invite_admin"), transaction.atomic():
            program = self._program(programme)
            issued = invite(program=program, address=address, role=Role.ADMIN, invited_by=None)
        self.stdout.write(issued.link)

    def _program(self, name: str) -> Program:
        programs = list(Program.objects.filter(name=name) if name else Program.objects.all()[:2])
        if not programs:
            return create_program(name=name or "Our programme")
        if len(programs) > 1:
            raise CommandError("There are several programmes: say which with --programme NAME.")
        return programs[0]
