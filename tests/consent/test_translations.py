"""Papers in another language: signed as read, final with the version, visible when missing."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.languages import BY_CODE, Language
from consent import queries
from consent.canonical import sha256_of
from consent.copies import belongs_to, copy_of, is_text_as_signed
from consent.errors import TranslationIncomplete, TranslationOutdated
from consent.kinds import DocumentKind
from consent.models import AgreementVersion, Translation
from consent.services import publish_version, save_draft, save_translation
from consent.statements import statements_for
from consent.translating import Parts, compose_parts, parts_of, reading_of
from tests.cast import browser_of
from tests.consent.papers import in_force, signature_of
from tests.groups.world import World

ARABIC = BY_CODE["ar"]
KIND = DocumentKind.CONFIDENTIALITY
# "It stays here", as the body of every section.
STAYS_HERE = "\u064a\u0628\u0642\u0649 \u0647\u0646\u0627"


def translated(text: str) -> str:
    """Part for part, with Arabic in each place."""
    original = parts_of(text)
    count = len([line for line in text.splitlines() if line.startswith("## ")])
    sections = tuple((f"{STAYS_HERE} {number}", STAYS_HERE) for number in range(count))
    said = tuple(f"{STAYS_HERE} {number}" for number in range(len(statements_for(KIND))))
    return compose_parts(Parts(original.title, sections, STAYS_HERE, said))


def draft_in(world: World, language: Language, *, words: str) -> AgreementVersion:
    text = in_force(world.circle).text.replace("Nobody records.", words)
    with world.thea.acting():
        draft = save_draft(group=world.circle, text=text)
        save_translation(
            group=world.circle, kind=KIND, language=language, text=translated(draft.text)
        )
    return draft


def publish_in_arabic(world: World) -> AgreementVersion:
    draft_in(world, ARABIC, words="Nobody ever records.")
    with world.thea.acting():
        return publish_version(group=world.circle, by=world.thea.user)


def sign_in(world: World, version: AgreementVersion, code: str) -> None:
    world.ana.step_up()
    said = {"printed_name": "Ana Ferreira", **dict.fromkeys(statements_for(KIND), "on")}
    path = reverse("consent:paper", args=[version.pk])
    assert browser_of(world.ana).post(f"{path}?in={code}", said).status_code == 302


def test_the_hash_of_the_language_that_was_read_is_stored(world: World) -> None:
    version = publish_in_arabic(world)
    sign_in(world, version, "ar")
    signature = signature_of(world.ana, version)
    arabic = version.translations.get()
    assert signature.language == "ar"
    assert signature.document_sha256 == arabic.sha256 == sha256_of(arabic.text)
    assert signature.document_sha256 != version.sha256
    assert is_text_as_signed(signature)
    assert queries.is_current(world.ana.user, world.circle)
    assert belongs_to(copy_of(signature), signature)


def test_the_page_is_right_to_left_with_arabic_statements(world: World) -> None:
    version = publish_in_arabic(world)
    page = browser_of(world.ana).get(reverse("consent:paper", args=[version.pk]) + "?in=ar")
    text = page.content.decode()
    assert 'lang="ar" dir="rtl"' in text
    assert f"{STAYS_HERE} 0" in text


def test_a_missing_language_falls_back_visibly_to_the_original(world: World) -> None:
    version = publish_in_arabic(world)
    path = reverse("consent:paper", args=[version.pk])
    page = browser_of(world.ana).get(f"{path}?in=es").content.decode()
    assert "Not in your language yet" in page
    assert "Español" in page
    assert "Not in your language yet" not in browser_of(world.ana).get(path).content.decode()
    assert reading_of(version, "es").sha256 == version.sha256


def test_every_part_needs_its_counterpart(world: World) -> None:
    with world.thea.acting():
        draft = save_draft(group=world.circle, text=in_force(world.circle).text + "\nMore.\n")
        whole = translated(draft.text)
        parts = parts_of(whole)
        for broken in (
            Parts("", parts.sections, parts.statements_heading, parts.statements),
            Parts(parts.title, parts.sections[1:], parts.statements_heading, parts.statements),
            Parts(parts.title, parts.sections, parts.statements_heading, parts.statements[1:]),
        ):
            with pytest.raises(TranslationIncomplete):
                save_translation(
                    group=world.circle, kind=KIND, language=ARABIC, text=compose_parts(broken)
                )
        assert save_translation(group=world.circle, kind=KIND, language=ARABIC, text=whole)


def test_a_draft_changed_after_its_translation_is_not_published(world: World) -> None:
    draft = draft_in(world, ARABIC, words="Nobody records at all.")
    with world.thea.acting():
        save_draft(group=world.circle, text=draft.text.replace("at all", "ever"))
        with pytest.raises(TranslationOutdated):
            publish_version(group=world.circle, by=world.thea.user)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_translation SET text = text || 'x'",
        "UPDATE consent_translation SET sha256 = repeat('0', 64)",
        "DELETE FROM consent_translation",
    ],
)
def test_a_published_translation_stays_as_it_is(world: World, statement: str) -> None:
    publish_in_arabic(world)
    with (
        pytest.raises(DatabaseError, match="stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Translation.objects.count() == 1
