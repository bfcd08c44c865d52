"""How an agreement's text is built: a title, then one section for each clause under its heading.

The text is plain: blank lines part paragraphs, lines that begin with "- " are a list. Headings
are ours, so that a required clause can be found again and cannot be lost in editing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from consent.errors import ClauseMissing

TITLE = "# Our agreement on confidentiality"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clause:
    """`promise` is the statement that a signer ticks; empty when signing the whole is enough."""

    key: str
    heading: str
    question: str
    promise: str = ""
    is_required: bool = True


CLAUSES = (
    Clause("summary", "In short", "What does a person in a hurry need to know?"),
    Clause(
        "limits",
        "What nobody can promise",
        "Why can privacy among members not be guaranteed?",
        "I understand that privacy among members cannot be guaranteed.",
    ),
    Clause(
        "non_disclosure",
        "What stays in the group",
        "What must members keep to themselves?",
        "I will keep to myself who is in the group and what is said there.",
    ),
    Clause("therapist_duty", "What the therapist keeps confidential", "What binds the therapist?"),
    Clause(
        "exceptions",
        "When the law comes first",
        "When must or may the therapist speak?",
        "I understand when the law lets or makes the therapist speak.",
    ),
    Clause(
        "recording",
        "No recordings",
        "What must nobody record, copy or photograph?",
        "I will not record, photograph or copy anything from a session.",
    ),
    Clause("online", "Meeting online", "How does a person take part from home?"),
    Clause("breach", "What counts as a breach", "Which acts break this agreement?"),
    Clause("consequences", "What happens after a breach", "What does the therapist do then?"),
    Clause("leaving", "After you leave", "What goes on after the last session?"),
    Clause(
        "own_rules", "Rules of our own", "What else did this group agree on?", is_required=False
    ),
)
BY_KEY = {clause.key: clause for clause in CLAUSES}
PROMISES = {clause.key: clause.promise for clause in CLAUSES if clause.promise}


def compose(sections: Mapping[str, str]) -> str:
    """The text of an agreement. Empty sections are left out: `check_complete` asks for them."""
    said = [(clause, sections.get(clause.key, "").strip()) for clause in CLAUSES]
    parts = [f"## {clause.heading}\n\n{body}" for clause, body in said if body]
    return "\n\n".join([TITLE, *parts]) + "\n"


def sections_of(text: str) -> dict[str, str]:
    """The bodies by clause key; an unknown heading's text joins the group's own rules."""
    by_heading = {clause.heading: clause.key for clause in CLAUSES}
    found: dict[str, str] = {}
    pieces = HEADING.split(text)[1:]
    for heading, body in zip(pieces[::2], pieces[1::2], strict=True):
        key = by_heading.get(heading.strip(), "own_rules")
        found[key] = f"{found.get(key, '')}\n\n{body.strip()}".strip()
    return found


def check_complete(text: str) -> None:
    """Raises ClauseMissing when a required clause says nothing."""
    found = sections_of(text)
    missing = [c.key for c in CLAUSES if c.is_required and not found.get(c.key)]
    if missing:
        raise ClauseMissing(missing)
