"""What a paper's words still lack, told while they are written: findings, never an exception.

Those that `blocks` keep a template from being published. Publishing a group's own paper has the
checks of `services/versions.py`, which are stricter about words in braces.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from accounts.wording import promises_in
from consent.canonical import check_plain
from consent.clauses import clauses_of, sections_of
from consent.errors import TextRefused
from consent.grades import AIM, reading_grade
from consent.variables import VARIABLE, variables_in

# What people leave for later: [STATE], ____, TBD, XXX, and braces that no form would ask for.
LEFT_OPEN = re.compile(r"\[[A-Z][A-Z _]{2,}\]|_{4,}|\bT\.?B\.?[DA]\b|\bXX+\b|\{[^{}]*\}")
FILLED_BY_US = frozenset({"programme"})


class Fault(StrEnum):
    MISSING_CLAUSE = "missing_clause"
    PROMISE = "promise"
    LEFT_OPEN = "left_open"
    HIDDEN = "hidden"
    OPEN_WORD = "open_word"
    HARD_TO_READ = "hard_to_read"

    @property
    def blocks(self) -> bool:
        return self not in (Fault.OPEN_WORD, Fault.HARD_TO_READ)


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a clause's heading, or empty for the whole; `words` are what was found."""

    fault: Fault
    where: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`findings` stand in the order of the text, those that block first."""

    grade: int
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        return any(finding.fault.blocks for finding in self.findings)


def lint(text: str, kind: str) -> Report:
    grade = reading_grade(text)
    found = [*_of_clauses(text, kind), *_of_the_whole(text, grade)]
    found.sort(key=lambda finding: not finding.fault.blocks)
    return Report(grade, tuple(found))


def open_words(text: str) -> list[str]:
    """The words in braces that whoever publishes has to fill in."""
    return [name for name in variables_in(text) if name not in FILLED_BY_US]


def _of_clauses(text: str, kind: str) -> list[Finding]:
    said = sections_of(text, kind)
    found = []
    for clause in clauses_of(kind):
        body = said.get(clause.key, "")
        if clause.is_required and not body:
            found.append(Finding(Fault.MISSING_CLAUSE, clause.heading))
        found += [Finding(Fault.PROMISE, clause.heading, words) for words in promises_in(body)]
        found += [Finding(Fault.LEFT_OPEN, clause.heading, words) for words in _left_open(body)]
    return found


def _left_open(body: str) -> list[str]:
    return [words for words in LEFT_OPEN.findall(body) if not VARIABLE.fullmatch(words)]


def _of_the_whole(text: str, grade: int) -> list[Finding]:
    found = [Finding(Fault.OPEN_WORD, words=f"{{{name}}}") for name in open_words(text)]
    if grade > AIM:
        found.append(Finding(Fault.HARD_TO_READ))
    try:
        check_plain(text)
    except TextRefused:
        found.append(Finding(Fault.HIDDEN))
    return found
