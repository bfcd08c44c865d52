"""How a document's text is built: a title, then one section for each clause under its heading.

The text is plain: blank lines part paragraphs, lines that begin with "- " are a list. Headings
are ours, so that a required clause can be found again and cannot be lost in editing.
"""

import re
from collections.abc import Mapping

from consent.clause_lists import CLAUSES_OF, Clause
from consent.errors import ClauseMissing, HeadingInside
from consent.kinds import DocumentKind

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
CONFIDENTIALITY = DocumentKind.CONFIDENTIALITY
TITLES = {
    DocumentKind.CONFIDENTIALITY: "Our agreement on confidentiality",
    DocumentKind.GROUND_RULES: "Our ground rules",
    DocumentKind.TELEHEALTH: "Consent to meeting by video",
    DocumentKind.PRIVACY_NOTICE: "Notice of privacy practices",
    DocumentKind.PART2: "Consent to sharing records",
    DocumentKind.THERAPIST: "Duties of those who lead the group",
    DocumentKind.OBSERVER: "Duties of observers and interpreters",
}


def clauses_of(kind: str) -> tuple[Clause, ...]:
    return CLAUSES_OF[DocumentKind(kind)]


def promises_of(kind: str) -> dict[str, str]:
    """The statements that a signer of this kind of document ticks, by clause."""
    return {clause.key: clause.promise for clause in clauses_of(kind) if clause.promise}


def compose(sections: Mapping[str, str], kind: str = CONFIDENTIALITY) -> str:
    """The text of a document. Empty sections are left out: `check_complete` asks for them."""
    said = [(clause, sections.get(clause.key, "").strip()) for clause in clauses_of(kind)]
    parts = [f"## {clause.heading}\n\n{body}" for clause, body in said if body]
    return "\n\n".join([f"# {TITLES[DocumentKind(kind)]}", *parts]) + "\n"


def sections_of(text: str, kind: str = CONFIDENTIALITY) -> dict[str, str]:
    """The bodies by clause key; an unknown heading's text joins the last clause, which is free."""
    clauses = clauses_of(kind)
    by_heading = {clause.heading: clause.key for clause in clauses}
    found: dict[str, str] = {}
    pieces = HEADING.split(text)[1:]
    for heading, body in zip(pieces[::2], pieces[1::2], strict=True):
        key = by_heading.get(heading.strip(), clauses[-1].key)
        found[key] = f"{found.get(key, '')}\n\n{body.strip()}".strip()
    return found


def with_section(text: str, kind: str, clause: str, body: str) -> str:
    """The text in which one clause says this instead. Raises HeadingInside."""
    if any(line.startswith("#") for line in body.splitlines()):
        raise HeadingInside
    return compose({**sections_of(text, kind), clause: body}, kind)


def check_complete(text: str, kind: str = CONFIDENTIALITY) -> None:
    """Raises ClauseMissing when a required clause says nothing."""
    found = sections_of(text, kind)
    missing = [c.key for c in clauses_of(kind) if c.is_required and not found.get(c.key)]
    if missing:
        raise ClauseMissing(missing)
