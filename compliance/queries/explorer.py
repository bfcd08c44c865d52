"""Reads of the explorer: entries in words, what came before and after one, and its proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit import queries as log
from audit.evidence import Evidence, evidence_of
from audit.queries import Entry, Filter, Position
from compliance import words
from compliance.queries.names import Names, Party
from groups.models import Program

PAGE_SIZE = 50
BESIDE = 5
MOST_EXPORTED = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the desk shows it; `number` is None while it waits for its leaf."""

    entry: Entry
    who: Party
    said: words.Said
    whom: Party | None
    group: Party | None
    session: Party | None
    outcome: str
    tone: str
    strength: str
    reason: str
    number: int | None
    is_anchored: bool = False

    @property
    def sentence(self) -> str:
        """Without its full stop, which the page sets."""
        told = f"{self.who.words} {self.said.before}"
        if self.whom:
            told += f"{self.whom.words}{self.said.after}"
        return f"{told}, reason: {self.reason}" if self.reason else told


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    next: Position | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """One entry, its proof, and what its actor did just before and after, the newest first."""

    line: Line
    evidence: Evidence | None
    earlier: list[Line]
    later: list[Line]


def audit_page(wanted: Filter, *, program: Program | None, before: Position | None = None) -> Page:
    """Newest first; `next` is where the following page begins, or None at the end."""
    found = log.entries(wanted, before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    following = shown[-1].position if len(found) > PAGE_SIZE else None
    return Page(lines_of(shown, program), following)


def around(pk: UUID, *, program: Program | None) -> Around | None:
    """None when the log does not hold it, or holds its body no longer."""
    found = log.entry(pk)
    if found is None:
        return None
    by_same = Filter(actor=found.actor) if found.actor else Filter(address=found.address)
    earlier = log.entries(by_same, before=found.position, limit=BESIDE)
    later = log.entries(by_same, after=found.position, limit=BESIDE)[::-1]
    lines = lines_of([*later, found, *earlier], program)
    split = len(later)
    return Around(lines[split], evidence_of(pk), lines[split + 1 :], lines[:split])


def entries_of(pks: Sequence[UUID]) -> list[Entry]:
    """Those that the log still holds, in this order."""
    return [found for pk in pks if (found := log.entry(pk)) is not None]


def lines_of(shown: Sequence[Entry], program: Program | None) -> list[Line]:
    names = Names.of(shown, program)
    numbers = log.numbers(entry.id for entry in shown)
    anchor = log.newest_anchor()
    anchored = anchor.size if anchor else 0
    return [_line(entry, names, numbers.get(entry.id), anchored) for entry in shown]


def _line(entry: Entry, names: Names, number: int | None, anchored: int) -> Line:
    is_about_another = entry.subject is not None and entry.subject != entry.actor
    whom = names.person(entry.subject, entry.group) if is_about_another else None
    return Line(
        entry=entry,
        who=names.person(entry.actor, entry.group, entry.actor_role),
        said=words.said(entry.act, is_about_another=is_about_another),
        whom=whom,
        group=names.place(entry.group, names.groups, "Group"),
        session=names.place(entry.session, names.sessions, "Session"),
        outcome=words.OUTCOMES[entry.outcome],
        tone=words.TONES[entry.outcome],
        strength=words.STRENGTHS.get(entry.auth, entry.auth),
        reason=words.reason(entry.reason),
        number=number,
        is_anchored=number is not None and number < anchored,
    )
