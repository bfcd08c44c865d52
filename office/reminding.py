"""Who is reminded of open papers, and how: a mail that names no group and says nothing clinical."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from accounts import limits, mail
from accounts.errors import Slowed
from accounts.models import User
from consent.kinds import DOOR_KINDS
from consent.standing import Standing
from groups.models import Group, Program
from office.queries.numbers import Person, people_of

# Nobody gets a second mail in this time, whoever asks and for how many groups.
ONE_EACH = limits.Limit("office.reminded", 1, timedelta(days=2))
# Whoever took a signature back decided so, and is not pressed.
OPEN = frozenset({Standing.MISSING, Standing.DUE, Standing.EXPIRED})
TEMPLATE = "office/mail/papers_wait.txt"


def people_with_open_papers(program: Program, group: Group | None) -> list[UUID]:
    """Each once, however many groups and papers it is about."""
    groups = [group] if group else Group.objects.filter(program=program, archived_at=None)
    return list(dict.fromkeys(one.user_id for one in people_of(groups) if _has_open(one)))


def _has_open(person: Person) -> bool:
    """Papers that may be declined, such as the sharing of records, remind nobody."""
    return any(kind in DOOR_KINDS and stands in OPEN for kind, stands in person.standings.items())


def is_remindable(user: User) -> bool:
    """Takes the person's one mail of these days; False when it is used up."""
    try:
        limits.require(ONE_EACH, user.pk)
    except Slowed:
        return False
    return True


def write_to(user: User, program: Program) -> None:
    mail.send(user, TEMPLATE, {"path": path_in_mail()}, sender=program.neutral_sender)


def path_in_mail() -> str:
    """The list of one's own papers: no id of a group or a paper is in it."""
    return reverse("consent:papers")
