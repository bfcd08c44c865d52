"""What the words of a paper still lack is said while they are written."""

import pytest

from accounts.wording import promises_in
from consent import default_agreement
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.lint import Fault, lint
from tests.office.library import TELEHEALTH, words


def faults(text: str, kind: DocumentKind = TELEHEALTH) -> list[Fault]:
    return [finding.fault for finding in lint(text, kind).findings]


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_our_own_words_have_nothing_that_keeps_them_back(kind: DocumentKind) -> None:
    assert not lint(starting_text(kind), kind).blocks


def test_a_required_clause_that_says_nothing_is_named() -> None:
    report = lint(words(risks=""), TELEHEALTH)
    assert report.blocks
    assert [(one.fault, one.where) for one in report.findings] == [
        (Fault.MISSING_CLAUSE, "Risks and limits")
    ]
    assert faults(words(more="")) == [], "an optional one may stay empty"


@pytest.mark.parametrize(
    "promise",
    [
        "Your privacy is guaranteed.",
        "The connection is 100 % safe.",
        "There is no recording, and it is 100 % private.",
        "Our encryption is unbreakable.",
        "This service is HIPAA compliant.",
    ],
)
def test_a_promise_of_safety_keeps_a_text_back(promise: str) -> None:
    report = lint(words(risks=f"Something may fail. {promise}"), TELEHEALTH)
    (finding,) = [one for one in report.findings if one.fault == Fault.PROMISE]
    assert finding.words == promise
    assert report.blocks


@pytest.mark.parametrize(
    "honest",
    [
        "Privacy among the members of a group cannot be guaranteed.",
        "No agreement and no technology can guarantee that everybody keeps a promise.",
        "We don't guarantee anything.",
        "The line may break.",
    ],
)
def test_saying_what_nobody_can_promise_is_no_promise(honest: str) -> None:
    assert promises_in(honest) == []


@pytest.mark.parametrize("left", ["[STATE]", "{State Name}", "____", "TBD", "{ }"])
def test_a_place_that_no_form_would_ask_for_keeps_a_text_back(left: str) -> None:
    assert faults(words(emergency=f"Call {left} first.")) == [Fault.LEFT_OPEN]


def test_words_in_braces_are_told_and_keep_nothing_back() -> None:
    report = lint(words(emergency="Call {number} first. {programme} tells you how."), TELEHEALTH)
    assert [(one.fault, one.words) for one in report.findings] == [(Fault.OPEN_WORD, "{number}")]
    assert not report.blocks


def test_signs_that_hide_and_long_sentences_are_found() -> None:
    hard = " ".join(["institutional considerations notwithstanding"] * 20) + "."
    assert faults(words(risks=hard)) == [Fault.HARD_TO_READ]
    assert Fault.HIDDEN in faults(words(risks="Safe\u202e sdrawkcab."))


def test_the_default_agreement_says_that_privacy_cannot_be_guaranteed() -> None:
    text = default_agreement.default_text()
    assert "cannot be guaranteed" in text
    assert promises_in(text) == []
