"""A paper in another language, part for part like the original.

Same plain form as the original: a title, a section for each of its sections in the same order,
and one more section whose list holds the statements that are ticked. So one hash covers all that
a signer reads, and nobody signs statements in a language that they did not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.languages import ORIGINAL, Language, language_of
from consent.clauses import HEADING
from consent.errors import TranslationIncomplete
from consent.models import AgreementVersion
from consent.reading import Section, sections_to_read
from consent.statements import statements_for


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person reads and signs. `missing` is the language that was wanted and is not there."""

    language: Language
    sha256: str
    sections: tuple[Section, ...]
    statements: dict[str, str]
    missing: Language | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a translator writes: (heading, body) for each section, and the statements."""

    title: str
    sections: tuple[tuple[str, str], ...]
    statements_heading: str
    statements: tuple[str, ...]


def compose_parts(parts: Parts) -> str:
    blocks = [f"# {parts.title}"]
    blocks += [f"## {heading}\n\n{body.strip()}" for heading, body in parts.sections]
    listed = "\n".join(f"- {' '.join(one.split())}" for one in parts.statements)
    return "\n\n".join([*blocks, f"## {parts.statements_heading}\n\n{listed}"]) + "\n"


def parts_of(text: str) -> Parts:
    """The reverse of `compose_parts`."""
    pieces = HEADING.split(text)
    title = pieces[0].strip().removeprefix("#").strip()
    pairs = list(zip(pieces[1::2], (body.strip() for body in pieces[2::2]), strict=True))
    heading, listed = pairs[-1] if pairs else ("", "")
    statements = tuple(line.removeprefix("- ") for line in listed.splitlines() if line)
    return Parts(title, tuple(pairs[:-1]), heading, statements)


def check_like(text: str, version_text: str, kind: str) -> None:
    """Raises TranslationIncomplete unless each part of the original has its counterpart."""
    parts, original = parts_of(text), sections_to_read(version_text)
    is_whole = parts.title and parts.statements_heading and all(map(all, parts.sections))
    fits = len(parts.sections) == len(original)
    says_all = len(parts.statements) == len(statements_for(kind))
    if not (is_whole and fits and says_all):
        raise TranslationIncomplete


def reading_of(version: AgreementVersion, code: str = ORIGINAL.code) -> Reading:
    """In that language, or visibly in the original when there is no translation into it."""
    wanted = language_of(code) or ORIGINAL
    if wanted != ORIGINAL:
        found = version.translations.filter(language=wanted.code).first()
        if found is not None:
            return _translated(version, wanted, found.text, found.sha256)
    sections = tuple(sections_to_read(version.text))
    statements = statements_for(version.agreement.kind)
    missing = wanted if wanted != ORIGINAL else None
    return Reading(ORIGINAL, version.sha256, sections, statements, missing)


def text_of(version: AgreementVersion, code: str) -> str:
    """The very text that was read in this language; empty when it is gone."""
    if code == ORIGINAL.code:
        return version.text
    found = version.translations.filter(language=code).first()
    return found.text if found is not None else ""


def languages_of(version: AgreementVersion) -> Sequence[Language]:
    codes = set(version.translations.values_list("language", flat=True))
    return [ORIGINAL, *(one for code in sorted(codes) if (one := language_of(code)))]


def _translated(version: AgreementVersion, language: Language, text: str, sha256: str) -> Reading:
    """Sections take the keys of the original's, by their place."""
    keys = [section.key for section in sections_to_read(version.text)]
    sections = sections_to_read(text)[:-1]
    keyed = zip(keys, sections, strict=True)
    statements = dict(
        zip(statements_for(version.agreement.kind), parts_of(text).statements, strict=True)
    )
    return Reading(
        language,
        sha256,
        tuple(Section(key, one.heading, one.blocks) for key, one in keyed),
        statements,
    )
