"""An agreement's text: complete, canonical, readable, and comparable with the last one."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.canonical import canonical, sha256_of
from consent.changes import Kind, changes_between
from consent.clause_lists import CLAUSES
from consent.clauses import check_complete, compose, sections_of
from consent.default_agreement import SECTIONS, default_text
from consent.errors import ClauseMissing
from consent.names import is_own_name
from consent.reading import sections_to_read

HEADINGS = {clause.key: clause.heading for clause in CLAUSES}
REQUIRED = [clause.key for clause in CLAUSES if clause.is_required]
# One sign for each duty that the agreement has to state in plain words (S24, S35).
DUTIES = {
    "limits": "cannot be guaranteed",
    "non_disclosure": "will not tell anybody outside",
    "therapist_duty": "confidential",
    "exceptions": "abused or neglected",
    "recording": "Nobody records",
    "online": "headphones",
    "breach": "broken when",
    "consequences": "tells the therapist",
    "leaving": "has no end",
    "summary": "In short",
}

words = st.text(st.characters(codec="utf-8", exclude_characters="#\r\n"), min_size=1, max_size=30)
bodies = st.lists(words.filter(lambda word: bool(word.strip())), min_size=1, max_size=4).map(
    "\n\n".join
)


def test_our_own_words_are_complete() -> None:
    check_complete(default_text())
    assert set(SECTIONS) == set(REQUIRED)


@pytest.mark.parametrize(("key", "sign"), DUTIES.items())
def test_our_own_words_state_every_duty(key: str, sign: str) -> None:
    section = f"{HEADINGS[key]}\n{sections_of(default_text())[key]}"
    assert sign in section


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_clause_is_noticed(key: str) -> None:
    sections = sections_of(default_text())
    del sections[key]
    with pytest.raises(ClauseMissing):
        check_complete(compose(sections))


@given(st.dictionaries(st.sampled_from(REQUIRED), bodies))
def test_what_is_composed_is_found_again(sections: dict[str, str]) -> None:
    text = canonical(compose(sections))
    found = sections_of(text)
    assert set(found) == set(sections)
    assert canonical(compose(found)) == text


@given(st.text(st.characters(codec="utf-8")))
def test_the_canonical_form_is_a_fixed_point(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once
    assert once.endswith("\n")


def test_texts_that_look_alike_have_one_hash() -> None:
    windows, composed = canonical("Jose\u0301\r\nLine  \r\n"), canonical("José\nLine")
    assert windows == composed
    assert sha256_of(windows) == hashlib.sha256("José\nLine\n".encode()).hexdigest()


def test_the_whole_text_is_shown() -> None:
    shown = " ".join(
        " ".join([block.paragraph, *block.entries])
        for section in sections_to_read(default_text())
        for block in section.blocks
    )
    for body in sections_of(default_text()).values():
        for line in body.splitlines():
            assert line.removeprefix("- ") in shown


def test_equal_texts_have_no_changes() -> None:
    assert changes_between(default_text(), default_text()) == []


def test_a_changed_word_is_marked_in_its_paragraph() -> None:
    before = compose({"summary": "Nobody records anything here.\n\nCome on time."})
    after = compose({"summary": "Nobody copies anything here.\n\nCome on time."})
    (change,) = changes_between(before, after)
    assert (change.kind, change.heading) == (Kind.REWORDED, "In short")
    assert [(piece.kind, piece.text) for piece in change.pieces] == [
        (Kind.SAME, "Nobody"),
        (Kind.REMOVED, "records"),
        (Kind.ADDED, "copies"),
        (Kind.SAME, "anything here."),
    ]


def test_new_and_lost_paragraphs_are_shown_whole() -> None:
    before = compose({"summary": "First words.\n\n- one entry\n- another entry"})
    after = compose({"summary": "First words.\n\n- one entry\n\nQuite different news arrive."})
    kinds = {change.kind: change.pieces[0].text for change in changes_between(before, after)}
    assert kinds == {
        Kind.ADDED: "Quite different news arrive.",
        Kind.REMOVED: "- another entry",
    }


@given(bodies, bodies)
def test_the_changes_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    """Whatever is new stands among the added or reworded words."""
    found = changes_between(compose({"summary": before}), compose({"summary": after}))
    added = [p.text for c in found for p in c.pieces if p.kind in (Kind.ADDED, Kind.SAME)]
    said = " ".join(" ".join(added).split())
    for paragraph in after.split("\n\n"):
        tidy = " ".join(paragraph.split())
        old = {" ".join(p.split()) for p in before.split("\n\n")}
        assert tidy in old or all(word in said for word in tidy.split())


@pytest.mark.parametrize(
    ("printed", "true_name", "fits"),
    [
        ("Ana Ferreira", "Ana Ferreira", True),
        ("ana  ferreira", "Ana Ferreira", True),
        ("Ferreira, Ana", "Ana Ferreira", True),
        ("Ana Férreira", "Ana Ferreira", True),
        ("Ana Ferreira", "Ana Maria Ferreira", True),
        ("Anything", "", True),
        ("", "", False),
        ("Ana", "Ana Ferreira", False),
        ("Ben Okafor", "Ana Ferreira", False),
        ("Ana Ferreira and friends", "Ana Ferreira", False),
        ("x", "Ana Ferreira", False),
    ],
)
def test_the_printed_name_is_compared_loosely(printed: str, true_name: str, fits: bool) -> None:
    assert is_own_name(printed, true_name=true_name) == fits
