"""The programme, and who belongs to it."""

from accounts.models import User
from audit.services import act, record
from groups.errors import InvitationMismatch
from groups.events import ProgramCreated
from groups.models import Affiliation, Program


@act(ProgramCreated)
def create_program(*, name: str, timezone: str = "UTC") -> Program:
    program = Program.objects.create(name=name, timezone=timezone)
    record(ProgramCreated(object=program.ref))
    return program


def affiliate(*, user: User, program: Program) -> None:
    """Idempotent; part of its caller's act. Raises InvitationMismatch for another programme."""
    found, _ = Affiliation.objects.get_or_create(user=user, defaults={"program": program})
    if found.program_id != program.pk:
        raise InvitationMismatch
