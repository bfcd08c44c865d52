"""The words of translated pages: collects them, merges them into locale/, compiles the catalogues.

`python -m config.development.catalogues` (make words) after a change of words; then whoever knows
the language fills what is empty in the .po file, and runs it again. Django reads the .mo file,
which is committed so that nothing is needed to run Quietroom; tests/config/test_catalogues.py
fails on an empty, doubtful or outdated entry. Only this module knows Babel.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locale"
APPS = ("accounts", "compliance", "consent", "groups", "sessions_app", "office")
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_noop": None, "gettext_lazy": None}
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
DATED = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id-Version|'
    rb"Report-Msgid-Bugs-To|Last-Translator|Language-Team): .*\n",
    re.MULTILINE,
)
Word = str | tuple[str, ...]


def collected() -> Catalog:
    """Every message of the templates, of the code, and of what templates translate by name."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for place, line, word in (*_in_templates(), *_in_code(), *_by_name()):
        catalog.add(word, locations=[(place, line)])
    return catalog


def merged(path: Path, words: Catalog) -> Catalog:
    """The committed translations of the words that are used now; new ones are empty."""
    with path.open("rb") as file:
        known = read_po(file, locale=path.parents[1].name, charset="utf-8")
    known.update(words, no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


def compiled(catalog: Catalog) -> bytes:
    """The same words give the same bytes, whenever they are compiled."""
    catalog.creation_date = catalog.revision_date = NO_DATE
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def written(catalog: Catalog) -> bytes:
    """Without lines and dates: a commit shows which words changed and nothing else."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False)
    return DATED.sub(b"", file.getvalue())


def catalogues() -> list[Path]:
    return sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def _in_templates() -> Iterator[tuple[str, int, Word]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        place = path.relative_to(ROOT).as_posix()
        code: str = templatize(path.read_text(), origin=place)
        # What is left of a template is no Python yet: its lines begin anywhere.
        code = "\n".join(line.lstrip() for line in code.splitlines())
        for line, word, _, _ in extract("python", io.BytesIO(code.encode()), KEYWORDS):
            yield place, line, word


def _in_code() -> Iterator[tuple[str, int, Word]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            with path.open("rb") as file:
                for line, word, _, _ in extract("python", file, KEYWORDS):
                    yield place, line, word


def _by_name() -> Iterator[tuple[str, int, Word]]:
    """What a template or a view translates from a variable: labels, headings, refusals."""
    from accounts.models import Role
    from compliance.errors import RequestClosed, TooManyRequests
    from compliance.queries.readers import OPENED, SYSTEM
    from compliance.rights import RIGHTS
    from compliance.states import RequestKind, RequestOutcome, RequestState, RevealReason
    from compliance.words import reason
    from consent import statements
    from consent.clauses import clauses_of
    from consent.errors import (
        AlreadyPledged,
        ConsentError,
        CopyNotMade,
        FactorNotFresh,
        NameMismatch,
        NothingPledged,
        NotYoursToSign,
        ProposalClosed,
        SignatureIncomplete,
        TextRefused,
        TooManyComments,
        TooManyProposals,
        VersionSuperseded,
        WordsRefused,
    )
    from consent.kinds import PROPOSABLE, DocumentKind
    from consent.pledge import SENTENCE
    from consent.rules import GONE
    from consent.states import SignatureState
    from groups.states import EmergencyReason, GuardianScope, SeatRole

    papers = (
        *(ConsentError, TextRefused, WordsRefused, ProposalClosed, TooManyProposals),
        *(TooManyComments, AlreadyPledged, NothingPledged, VersionSuperseded, NotYoursToSign),
        *(SignatureIncomplete, NameMismatch, FactorNotFresh, CopyNotMade),
    )
    labels = (*Role, *DocumentKind, *SignatureState, *GuardianScope, *SeatRole)
    asked = (*RequestKind, *RequestState, *RequestOutcome)
    reasons = (reason(one.value) for one in (*RevealReason, *EmergencyReason))
    headings = (clause.heading for kind in PROPOSABLE for clause in clauses_of(kind))
    refusals = (one.text for one in (*papers, TooManyRequests, RequestClosed))
    meanings = (statements.MEANING, statements.ASSENT, statements.FOR_A_MINOR, SENTENCE)
    named: Iterable[str] = (
        *(str(one.label) for one in (*labels, *asked)),
        *(*reasons, *headings, *refusals, *meanings, *OPENED.values()),
        *(right.explains for right in RIGHTS.values()),
        *(SYSTEM, GONE.alias),
    )
    for word in named:
        yield "by name", 1, word


def lacking(catalog: Catalog) -> list[str]:
    """The originals of what is empty or, of several forms, empty in one."""
    found = (one for one in catalog if one.id)
    return [str(one.id) for one in found if not all(forms_of(one))]


def forms_of(message: Message) -> tuple[str, ...]:
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.development.settings_for_checks")
    django.setup()
    words = collected()
    for path in catalogues():
        catalog = merged(path, words)
        path.write_bytes(written(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        empty = lacking(catalog)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} words, {len(empty)} empty")


if __name__ == "__main__":
    main()
