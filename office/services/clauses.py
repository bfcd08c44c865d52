"""Wordings of single clauses, kept for templates."""

from audit.services import act, record
from consent.canonical import canonical, check_plain
from consent.kinds import DocumentKind
from groups.models import Program
from office.errors import NameTaken
from office.events import ClauseDropped, ClauseKept
from office.models import LibraryClause


@act(ClauseKept)
def keep_clause(
    *,
    program: Program,
    kind: DocumentKind,
    key: str,
    name: str,
    text: str,
    clause: LibraryClause | None = None,
) -> LibraryClause:
    """A new wording, or another text for the given one: templates that hold it are not changed.

    Raises NameTaken, TextRefused.
    """
    check_plain(text)
    name = " ".join(name.split())
    Program.objects.select_for_update().get(pk=program.pk)
    clause = clause or LibraryClause(program=program, kind=kind, key=key)
    others = LibraryClause.objects.filter(program=program, kind=kind, key=key, name=name)
    if others.exclude(pk=clause.pk).exists():
        raise NameTaken
    clause.name, clause.text = name, canonical(text).strip()
    clause.save()
    record(ClauseKept(object=clause.ref))
    return clause


@act(ClauseDropped)
def drop_clause(*, clause: LibraryClause) -> None:
    """Templates and papers that hold its words keep them."""
    record(ClauseDropped(object=clause.ref))
    clause.delete()
