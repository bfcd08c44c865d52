"""Kinds of document: who signs which, what publishing refuses, and that one is not another."""

import pytest
from django.urls import reverse

from accounts.wording import PROMISES
from consent import queries
from consent.canonical import MAX_LENGTH
from consent.clauses import check_complete, clauses_of, compose, sections_of
from consent.errors import ClauseMissing, TextRefused, VariableUnfilled
from consent.grades import reading_grade
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.models import AgreementVersion
from consent.services import publish_version, save_draft, set_paper_policy, withdraw_signature
from consent.variables import filled, variables_in
from tests.cast import browser_of
from tests.consent.papers import in_force, signature_of
from tests.groups.world import World

TELEHEALTH = DocumentKind.TELEHEALTH
# "It stays here", spelled with a joiner between its letters.
PERSIAN = "\u0627\u06cc\u0646\u062c\u0627 \u0645\u06cc\u200c\u0645\u0627\u0646\u062f"
VALUES = {
    "privacy_contact": "The office",
    "effective_date": "1 March 2026",
    "what_is_shared": "That I attend.",
    "recipient": "My family doctor",
    "purpose": "To work together.",
    "expiry": "When I leave the programme.",
}


def publish(world: World, kind: DocumentKind, text: str = "") -> AgreementVersion:
    with world.thea.acting():
        save_draft(group=world.circle, text=text or starting_text(kind), kind=kind)
        return publish_version(group=world.circle, by=world.thea.user, kind=kind, values=VALUES)


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_starts_complete_and_promises_nothing_it_cannot_keep(kind: str) -> None:
    text = starting_text(kind)
    check_complete(text, kind)
    assert PROMISES.findall(text.replace("cannot be guaranteed", "")) == []
    assert sections_of(compose(sections_of(text, kind), kind), kind) == sections_of(text, kind)
    assert 0 < reading_grade(text) <= 14


@pytest.mark.parametrize("kind", DocumentKind)
def test_publishing_is_blocked_while_a_required_clause_is_missing(
    world: World, kind: DocumentKind
) -> None:
    sections = sections_of(starting_text(kind), kind)
    required = [clause.key for clause in clauses_of(kind) if clause.is_required]
    for key in required:
        with pytest.raises(ClauseMissing):
            publish(world, kind, compose({**sections, key: " "}, kind))
    version = publish(world, kind, compose({**sections, required[0]: "Other words."}, kind))
    assert version.is_in_force


def test_signing_one_document_does_not_satisfy_another(world: World) -> None:
    version = publish(world, TELEHEALTH)
    assert not queries.is_current(world.ana.user, world.circle)
    assert queries.papers_due(world.ana.user, world.circle) == [version]
    assert queries.is_current(world.thea.user, world.circle), "it does not bind therapists"
    world.ana.sign(world.circle)
    assert queries.is_current(world.ana.user, world.circle)
    with world.ana.acting():
        withdraw_signature(signature=signature_of(world.ana, version))
    assert not queries.is_current(world.ana.user, world.circle)


def test_nobody_is_kept_out_for_not_letting_records_be_shared(world: World) -> None:
    version = publish(world, DocumentKind.PART2)
    assert queries.is_current(world.ana.user, world.circle)
    papers = queries.papers_of(world.ana.user, world.circle, "member")
    assert version in [paper.version for paper in papers]
    assert queries.papers_due(world.ana.user, world.circle) == []


def test_a_session_waits_for_what_binds_its_therapist(world: World) -> None:
    publish(world, DocumentKind.THERAPIST)
    assert not queries.is_current(world.thea.user, world.circle)
    assert queries.is_current(world.ana.user, world.circle)


def test_a_paper_for_others_is_a_page_that_does_not_exist(world: World) -> None:
    version = publish(world, DocumentKind.THERAPIST)
    path = reverse("consent:paper", args=[version.pk])
    assert browser_of(world.ana).get(path).status_code == 404
    assert browser_of(world.thea).get(path).status_code == 200


def test_no_variable_is_ever_published_unfilled(world: World) -> None:
    text = starting_text(DocumentKind.PRIVACY_NOTICE)
    assert variables_in(text) == ["programme", "privacy_contact", "effective_date"]
    with world.thea.acting():
        save_draft(group=world.circle, text=text, kind=DocumentKind.PRIVACY_NOTICE)
        with pytest.raises(VariableUnfilled):
            publish_version(
                group=world.circle,
                by=world.thea.user,
                kind=DocumentKind.PRIVACY_NOTICE,
                values={"privacy_contact": "The office", "effective_date": "  "},
            )
    version = publish(world, DocumentKind.PRIVACY_NOTICE)
    assert variables_in(version.text) == []
    assert "Riverside" in version.text


def test_values_are_words_and_no_templates() -> None:
    assert filled("{a} and {b}", {"a": "{b}", "b": "two"}) == "{b} and two"


@pytest.mark.parametrize(
    "sign",
    ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x1b", "\ue000"],
    ids=lambda sign: f"U+{ord(sign):04X}",
)
def test_signs_that_hide_or_turn_the_text_are_refused(world: World, sign: str) -> None:
    with world.thea.acting():
        with pytest.raises(TextRefused):
            save_draft(group=world.circle, text=f"# A\n\nYou must{sign} pay.")
        assert save_draft(group=world.circle, text=f"# A\n\n{PERSIAN}")


def test_a_clause_of_a_megabyte_is_refused_with_words(world: World) -> None:
    with world.thea.acting(), pytest.raises(TextRefused):
        save_draft(group=world.circle, text="a" * 1_000_000)
    assert MAX_LENGTH < 1_000_000
    sections = sections_of(in_force(world.circle).text)
    path = reverse("consent:agreement", args=[world.circle.pk])
    answer = browser_of(world.thea).post(path, {**sections, "online": "word " * 200_000})
    assert "at most 8000 characters" in answer.content.decode()


def test_markup_in_a_clause_is_text(world: World) -> None:
    kind = DocumentKind.CONFIDENTIALITY
    sections = sections_of(in_force(world.circle).text)
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(2)>"
    version = publish(world, kind, compose({**sections, "online": hostile}, kind))
    path = reverse("consent:paper", args=[version.pk])
    page = browser_of(world.ana).get(path).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_longer_word_asks_for_more_school() -> None:
    plain = reading_grade("We meet. We talk. We go home.")
    heavy = reading_grade(
        "Notwithstanding contradictory stipulations, participants acknowledge jurisdictional "
        "particularities regarding confidentiality."
    )
    assert plain < 4
    assert heavy > 12
    assert reading_grade("# Only a heading") == 0


def test_a_shorter_interval_asks_again_and_signing_anew_replaces_the_older_row(
    world: World,
) -> None:
    first = signature_of(world.ana, in_force(world.circle))
    with world.thea.acting():
        set_paper_policy(group=world.circle, reaffirm_days=90, grace_days=0, review_days=7)
    assert queries.is_current(world.ana.user, world.circle)
    later = first.signed_at.replace(year=first.signed_at.year + 1)
    assert not queries.is_current(world.ana.user, world.circle, now=later)


def test_the_gate_asks_a_fixed_number_of_queries(
    world: World, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.door_papers(world.circle, user=world.ana.user)
    publish(world, TELEHEALTH)
    publish(world, DocumentKind.GROUND_RULES)
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.door_papers(world.circle)
    with django_assert_num_queries(2):  # type: ignore[operator]
        queries.door_papers(world.circle, minors=frozenset())
