"""Words for those whom entries name: role and alias, never a true name.

Aliases, group names and session times are those of the reader's own programme; of another
programme the desk shows roles and the first letters of an id (ADR-0020).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Role, User
from audit.events import Ref
from audit.queries import Entry
from groups.models import Group, Membership, Program
from sessions_app.models import Session

SHORT_ID = 6


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody or something that an entry names; `id` is None where no filter could use it."""

    words: str
    id: UUID | str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Aliases, role words, group names and session times of one page, read in four queries."""

    people: dict[UUID, str]
    aliases: dict[tuple[UUID, UUID | None], str]
    groups: dict[UUID, str]
    sessions: dict[UUID, str]

    @classmethod
    def of(cls, shown: Iterable[Entry], program: Program | None) -> "Names":
        shown = list(shown)
        groups = _ids("group", (ref for entry in shown for ref in (entry.group, entry.object)))
        found = Group.objects.filter(pk__in=groups, program=program)
        people = _ids("user", (ref for entry in shown for ref in (entry.actor, entry.subject)))
        return cls(
            people=_role_words(people),
            aliases=_aliases(people, program),
            groups={group.pk: group.name for group in found},
            sessions=_session_words(_ids("session", (entry.session for entry in shown)), program),
        )

    @classmethod
    def of_people(cls, people: Iterable[UUID], program: Program | None) -> "Names":
        known = set(people)
        return cls(_role_words(known), _aliases(known, program), {}, {})

    def person(self, ref: Ref | None, group: Ref | None = None, role: str = "") -> Party:
        if ref is None:
            return Party("Somebody not signed in")
        if not isinstance(ref.id, UUID):
            return Party(f"The system ({ref.id})")
        role_words = self.people.get(ref.id) or role or "erased account"
        alias = self._alias(ref.id, group)
        if alias:
            return Party(f"{alias} ({role_words.lower()})", ref.id)
        return Party(f"{role_words} {str(ref.id)[:SHORT_ID]}", ref.id)

    def place(self, ref: Ref | None, known: dict[UUID, str], kind: str) -> Party | None:
        if ref is None:
            return None
        words_for = known.get(ref.id) if isinstance(ref.id, UUID) else None
        return Party(words_for or f"{kind} {str(ref.id)[:SHORT_ID]}", ref.id)

    def _alias(self, person: UUID, group: Ref | None) -> str:
        here = group.id if group and isinstance(group.id, UUID) else None
        return self.aliases.get((person, here)) or self.aliases.get((person, None), "")


def _ids(kind: str, refs: Iterable[Ref | None]) -> set[UUID]:
    return {ref.id for ref in refs if ref and ref.kind == kind and isinstance(ref.id, UUID)}


def _role_words(people: set[UUID]) -> dict[UUID, str]:
    found = User.objects.filter(pk__in=people).values_list("pk", "role")
    return {person: str(Role(role).label) for person, role in found}


def _aliases(people: set[UUID], program: Program | None) -> dict[tuple[UUID, UUID | None], str]:
    """By group, and by None the alias that the person used last."""
    memberships = Membership.objects.filter(user_id__in=people, group__program=program)
    found: dict[tuple[UUID, UUID | None], str] = {}
    for membership in memberships.order_by("created_at"):
        found[membership.user_id, membership.group_id] = membership.alias
        found[membership.user_id, None] = membership.alias
    return found


def _session_words(sessions: set[UUID], program: Program | None) -> dict[UUID, str]:
    found = Session.objects.filter(pk__in=sessions, group__program=program)
    return {one.pk: f"Session of {one.opens_at:%d %b %Y, %H:%M} UTC" for one in found}
