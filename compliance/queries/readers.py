"""Who opened a person's record, in words for that person: staff by name, what, when and why.

MUST NOT name anybody who is not staff of the person's own programme: other members stay aliases
to each other, and everybody else is a role.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts.models import Profile, Role, User
from accounts.models.people import STAFF
from audit.events import Outcome, Ref
from audit.queries import Entry
from compliance import words
from compliance.queries.reports import MOST, entries_about
from groups.models import Program
from groups.queries import program_of

# Acts that show something of a record, completing "<name>, therapist, …".
OPENED = {
    "audit.viewed": "read the audit log about you",
    "breakglass.opened": "opened your emergency card",
    "desk.name_revealed": "looked up your full name",
    "desk.person_report": "opened the report on who saw your record",
    "doc.question_viewed": "read what you asked about a paper",
    "doc.signers_viewed": "opened the list of who signed which papers",
    "member.viewed": "opened your page in a group",
    "papers_export.signer": "downloaded your signed papers in an export",
    "record.viewed": "opened a group's list of full names",
    "rights.viewed": "opened a request of yours",
}

SYSTEM = "The system"


@dataclass(frozen=True, slots=True)
class Reading:
    """The same act of the same person on one day is one reading; `at` is the last time.

    `name` is empty for everybody who is not named, whose `role` is all that is told.
    """

    name: str
    role: str
    did: str
    why: str
    at: datetime
    times: int = 1

    @property
    def who(self) -> str:
        return f"{self.name}, {self.role.lower()}" if self.name else self.role

    def is_as(self, other: "Reading") -> bool:
        same = (self.who, self.did, self.why) == (other.who, other.did, other.why)
        return same and self.at.date() == other.at.date()


@dataclass(frozen=True, slots=True)
class Readers:
    """Newest first; `is_cut` says that there are older ones in the period."""

    since: datetime
    readings: list[Reading]
    is_cut: bool


def readers_of(person: User, since: datetime) -> Readers:
    about = entries_about(person, since)
    opened = [one for one in about[:MOST] if one.act in OPENED and one.outcome == Outcome.OK]
    names = _names(opened, program_of(person))
    readings = [
        Reading(*names[_key(one)], OPENED[one.act], words.reason(one.reason), one.recorded_at)
        for one in opened
    ]
    return Readers(since, _merged(readings), len(about) > MOST)


def _merged(readings: Iterable[Reading]) -> list[Reading]:
    found: list[Reading] = []
    for reading in readings:
        if found and found[-1].is_as(reading):
            found[-1] = replace(found[-1], times=found[-1].times + 1)
        else:
            found.append(reading)
    return found


def _key(entry: Entry) -> Ref | str:
    return entry.actor or entry.actor_role


def _names(entries: Iterable[Entry], program: Program | None) -> dict[Ref | str, tuple[str, str]]:
    """The name, or nothing, and the role."""
    roles = {_key(entry): entry.actor_role for entry in entries}
    ids = [ref.id for ref in roles if isinstance(ref, Ref) and isinstance(ref.id, UUID)]
    staff = Profile.objects.filter(
        user__in=ids, user__role__in=STAFF, user__affiliation__program=program
    )
    known = {
        one.user_id: (one.true_name, str(Role(one.user.role).label))
        for one in staff.select_related("user")
        if one.true_name
    }
    return {key: _name(key, role, known) for key, role in roles.items()}


def _name(key: Ref | str, role: str, known: dict[UUID, tuple[str, str]]) -> tuple[str, str]:
    found = known.get(key.id) if isinstance(key, Ref) and isinstance(key.id, UUID) else None
    return found or ("", str(Role(role).label) if role in Role.values else SYSTEM)
