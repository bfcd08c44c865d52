"""The programme, and who belongs to it."""

from accounts.models import User
from audit.services import act, record
from groups.errors import InvitationMismatch
from groups.events import ProgramCreated, SenderNamed
from groups.models import Affiliation, Program


@act(ProgramCreated)
def create_program(*, name: str, timezone: str = "UTC") -> Program:
    program = Program.objects.create(name=name, timezone=timezone)
    record(ProgramCreated(object=program.ref))
    return program


@act(SenderNamed)
def name_sender(*, program: Program, name: str) -> Program:
    """What stands in mails as the sender. MUST hold no clinical word (the form looks for them)."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    program.neutral_sender = name
    program.save(update_fields=["neutral_sender"])
    record(SenderNamed(object=program.ref))
    return program


def affiliate(*, user: User, program: Program) -> None:
    """Idempotent; part of its caller's act. Raises InvitationMismatch for another programme."""
    found, _ = Affiliation.objects.get_or_create(user=user, defaults={"program": program})
    if found.program_id != program.pk:
        raise InvitationMismatch
