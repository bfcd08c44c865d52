"""Reads of the audit desk: entries with the words for those whom they name.

People appear by role and alias. True names MUST NOT be read here: they are on the roster.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Role, User
from audit.events import Ref
from audit.queries import Entry, Filter, Position, entries
from compliance import words
from groups.models import Group, Membership
from sessions_app.models import Session

PAGE_SIZE = 50
SHORT_ID = 6


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody or something that an entry names; `id` is None where no filter could use it."""

    words: str
    id: UUID | str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the desk shows it."""

    entry: Entry
    who: Party
    sentence: str
    whom: Party | None
    group: Party | None
    session: Party | None
    outcome: str
    tone: str
    strength: str


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    next: Position | None


def audit_page(wanted: Filter, *, before: Position | None = None) -> Page:
    """Newest first; `next` is where the following page begins, or None at the end."""
    found = entries(wanted, before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    names = Names.of(shown)
    following = shown[-1].position if len(found) > PAGE_SIZE else None
    return Page([_line(entry, names) for entry in shown], following)


@dataclass(frozen=True, slots=True)
class Names:
    """Aliases, role words, group names and session times of one page, read in four queries."""

    people: dict[UUID, str]
    aliases: dict[tuple[UUID, UUID | None], str]
    groups: dict[UUID, str]
    sessions: dict[UUID, str]

    @classmethod
    def of(cls, shown: Iterable[Entry]) -> "Names":
        shown = list(shown)
        people = _ids("user", (ref for entry in shown for ref in (entry.actor, entry.subject)))
        groups = _ids("group", (ref for entry in shown for ref in (entry.group, entry.object)))
        sessions = _ids("session", (entry.session for entry in shown))
        return cls(
            people=_role_words(people),
            aliases=_aliases(people),
            groups={group.pk: group.name for group in Group.objects.filter(pk__in=groups)},
            sessions=_session_words(sessions),
        )

    def person(self, ref: Ref | None, group: Ref | None, role: str = "") -> Party:
        if ref is None:
            return Party("Somebody not signed in")
        if not isinstance(ref.id, UUID):
            return Party(f"The system ({ref.id})")
        role_words = self.people.get(ref.id) or role or "erased account"
        alias = self._alias(ref.id, group)
        shown = f"{alias} ({role_words.lower()})" if alias else role_words
        return Party(shown if alias else f"{shown} {str(ref.id)[:SHORT_ID]}", ref.id)

    def place(self, ref: Ref | None, known: dict[UUID, str], kind: str) -> Party | None:
        if ref is None:
            return None
        words_for = known.get(ref.id) if isinstance(ref.id, UUID) else None
        return Party(words_for or f"{kind} {str(ref.id)[:SHORT_ID]}", ref.id)

    def _alias(self, person: UUID, group: Ref | None) -> str:
        here = group.id if group and isinstance(group.id, UUID) else None
        return self.aliases.get((person, here)) or self.aliases.get((person, None), "")


def _line(entry: Entry, names: Names) -> Line:
    is_about_another = entry.subject is not None and entry.subject != entry.actor
    whom = names.person(entry.subject, entry.group) if is_about_another else None
    return Line(
        entry=entry,
        who=names.person(entry.actor, entry.group, entry.actor_role),
        sentence=words.sentence(entry.act),
        whom=whom,
        group=names.place(entry.group, names.groups, "Group"),
        session=names.place(entry.session, names.sessions, "Session"),
        outcome=words.OUTCOMES[entry.outcome],
        tone=words.TONES[entry.outcome],
        strength=words.STRENGTHS.get(entry.auth, entry.auth),
    )


def _ids(kind: str, refs: Iterable[Ref | None]) -> set[UUID]:
    return {ref.id for ref in refs if ref and ref.kind == kind and isinstance(ref.id, UUID)}


def _role_words(people: set[UUID]) -> dict[UUID, str]:
    found = User.objects.filter(pk__in=people).values_list("pk", "role")
    return {person: str(Role(role).label) for person, role in found}


def _aliases(people: set[UUID]) -> dict[tuple[UUID, UUID | None], str]:
    """By group, and by None the alias that the person used last."""
    found: dict[tuple[UUID, UUID | None], str] = {}
    for membership in Membership.objects.filter(user_id__in=people).order_by("created_at"):
        found[membership.user_id, membership.group_id] = membership.alias
        found[membership.user_id, None] = membership.alias
    return found


def _session_words(sessions: set[UUID]) -> dict[UUID, str]:
    found = Session.objects.filter(pk__in=sessions)
    return {one.pk: f"Session of {one.opens_at:%d %b %Y, %H:%M} UTC" for one in found}
