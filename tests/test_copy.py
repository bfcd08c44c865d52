"""Screens, mails, titles, addresses and PDFs: no promise that the code does not keep, no word that
gives a person away."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from pyhanko.pdf_utils.reader import PdfFileReader

from accounts import mail
from accounts.wording import CLINICAL, PROMISES, clinical_words, promises_in
from consent import copies
from consent.addresses import SLUGS
from consent.clauses import TITLES
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.models import Signature
from consent.pdf import rendered
from consent.statements import statements_for
from tests.cast import ANA, THEA, group_of, member_of, staff

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}
)
MAILS = [path for path in TEMPLATES if "mail" in path.relative_to(ROOT / "templates").parts]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
APPS = ("accounts", "groups", "consent", "sessions_app", "office", "compliance", "config")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
CLIENT = sorted(
    path
    for path in (ROOT / "frontend" / "src").rglob("*.ts")
    if not path.name.endswith((".test.ts", ".gen.ts"))
)

OTHER_WORDS = re.compile(r"\blobby\b|\bplease be advised\b|\boops\b", re.IGNORECASE)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script\b(?![^>]*\bsrc=)",
    re.IGNORECASE,
)
SET_TITLE = re.compile(r"document\.title\s*=\s*([^;]+);")
CALENDAR = re.compile(r"VCALENDAR|text/calendar")
TITLE = re.compile(r"{%\s*block title\s*%}(.*?){%\s*endblock", re.DOTALL)


def words_of(path: Path) -> str:
    """The file's text without template comments, which nobody sees."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", text, flags=re.DOTALL)
    return re.sub(r"{#.*?#}", "", text)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def subject_of(path: Path) -> str:
    """A mail's subject is its own file, or the `subject` block, or its first line."""
    text = words_of(path)
    block = re.search(r"{%\s*block subject\s*%}(.*?){%\s*endblock", text, re.DOTALL)
    if block:
        return block[1]
    return text if path.stem.endswith("subject") else text.lstrip().partition("\n")[0]


@pytest.mark.parametrize("path", [*TEMPLATES, *CLIENT], ids=name)
def test_no_screen_promises_more_than_the_code_gives(path: Path) -> None:
    assert not PROMISES.findall(words_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_screens_use_the_words_of_the_glossary(path: Path) -> None:
    assert not OTHER_WORDS.findall(words_of(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_carry_no_inline_script_or_style(path: Path) -> None:
    assert not INLINE.findall(words_of(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_titles_are_neutral(path: Path) -> None:
    """A title shows in the tab, the task switcher and the history of a shared machine."""
    for title in TITLE.findall(words_of(path)):
        assert not CLINICAL.findall(title)
        assert "{{" not in title, "a title must not carry data"


@pytest.mark.parametrize("path", MAILS, ids=name)
def test_mails_carry_no_clinical_word(path: Path) -> None:
    """Others see a subject on a locked screen, and the body in a shared mailbox."""
    assert not CLINICAL.findall(subject_of(path))
    assert not CLINICAL.findall(words_of(path))


@pytest.mark.parametrize("path", MAILS, ids=name)
def test_a_mail_as_it_leaves_is_neutral(path: Path) -> None:
    """Rendered, with nothing known but where its link leads."""
    subject, body = mail.preview(str(path.relative_to(ROOT / "templates")), path="/papers/")
    for said in (subject, body):
        assert clinical_words(said) == []
        assert promises_in(said) == []
        assert "{{" not in said
        assert "{%" not in said
    assert subject == subject_of(path).removeprefix("Subject:").strip(), "it holds no variable"


def test_every_mail_that_code_sends_is_one_of_those() -> None:
    known = {str(path.relative_to(ROOT / "templates")) for path in MAILS}
    named = {word for path in SOURCES for word in words_in(path) if "/mail/" in word}
    assert named == known


def test_one_module_alone_hands_mail_over() -> None:
    """So nothing leaves without a template that is read here."""
    senders = [name(path) for path in SOURCES if "django.core.mail" in path.read_text()]
    assert senders == ["accounts/mail.py"]


def test_no_calendar_file_is_made() -> None:
    """Whoever makes one has it read here first: calendars are shared with families and firms."""
    makers = [name(path) for path in [*SOURCES, *TEMPLATES, *CLIENT] if reads(CALENDAR, path)]
    assert makers == []


def reads(pattern: re.Pattern[str], path: Path) -> bool:
    return pattern.search(path.read_text(encoding="utf-8")) is not None


def words_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_titles_that_scripts_set_are_neutral() -> None:
    found = [one for path in CLIENT for one in SET_TITLE.findall(path.read_text())]
    assert found
    assert [one for one in found if CLINICAL.search(one) or "${" in one] == []


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        here = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from addresses(one, here)
        elif isinstance(one, URLPattern):
            yield here


def test_addresses_are_neutral() -> None:
    """They stand in histories, in proxies' logs and on the screens of others."""
    found = list(addresses(get_resolver()))
    assert len(found) > 80
    assert [one for one in found if CLINICAL.search(one)] == []
    assert [slug for slug in SLUGS.values() if CLINICAL.search(slug)] == []
    assert set(SLUGS) == set(DocumentKind)


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_what_a_signed_copy_says_promises_nothing(kind: DocumentKind) -> None:
    said = [starting_text(kind), *statements_for(kind).values(), TITLES[kind], copies.CLOSING]
    assert [promise for words in said for promise in promises_in(words)] == []


def test_a_signed_copys_title_and_keywords_are_neutral(db: None) -> None:
    """A reader of PDFs shows them in its tab and its list of recent files."""
    thea = staff(THEA)
    member_of(group_of(thea), ANA, invited_by=thea)
    for signature in Signature.objects.all():
        info = PdfFileReader(io.BytesIO(rendered(copies.words_of(signature)))).trailer["/Info"]
        told = " ".join(
            str(info[key]) for key in info if key in ("/Title", "/Keywords", "/Subject")
        )
        assert str(signature.pk) in told
        assert clinical_words(told) == []
        assert ANA.true_name not in told
    assert [title for title in TITLES.values() if clinical_words(title)] == []


def test_there_are_templates_mails_and_client_files_to_judge() -> None:
    assert PAGES
    assert MAILS
    assert CLIENT


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (PROMISES, "Your privacy is guaranteed"),
        (PROMISES, "HIPAA compliant"),
        (CLINICAL, "Your therapy group"),
        (OTHER_WORDS, "You are in the lobby"),
        (INLINE, '<p style="color: red">'),
        (INLINE, "<script>alert(1)</script>"),
        (INLINE, '<a onclick="go()">'),
    ],
)
def test_the_linter_sees_what_it_forbids(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize(
    "text",
    ['<script type="module" src="/static/room.js"></script>', '<a href="/" class="button">'],
)
def test_scripts_from_files_are_allowed(text: str) -> None:
    assert not INLINE.search(text)
