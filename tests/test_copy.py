"""Screens and mails: no promise the code does not keep, no word that gives a person away."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}
)
MAILS = [path for path in TEMPLATES if "mail" in path.relative_to(ROOT / "templates").parts]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
CLIENT = sorted(
    path
    for path in (ROOT / "frontend" / "src").rglob("*.ts")
    if not path.name.endswith((".test.ts", ".gen.ts"))
)

PROMISES = re.compile(
    r"guarantee|100\s*%|unbreakable|unhackable|tamper-?proof|military[- ]grade|bank[- ]grade"
    r"|completely (?:safe|secure|private|anonymous)|HIPAA[- ](?:compliant|certified)",
    re.IGNORECASE,
)
CLINICAL = re.compile(
    r"therap|patient|clinic|treatment|diagnos|mental|psych|addict|substance|recovery group"
    r"|counsel|trauma|disorder|rehab|sober",
    re.IGNORECASE,
)
OTHER_WORDS = re.compile(r"\blobby\b|\bplease be advised\b|\boops\b", re.IGNORECASE)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script\b(?![^>]*\bsrc=)",
    re.IGNORECASE,
)
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
