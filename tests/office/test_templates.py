"""The template library: versions stay as they are, groups begin from them, findings keep back."""

import pytest
from django.test import Client
from django.urls import reverse

from consent import queries as papers
from consent.canonical import sha256_of
from consent.kinds import DocumentKind
from consent.services import save_draft
from office import services
from office.errors import DraftInTheWay, NameTaken, NothingToPublish, WordsNotReady
from office.models import PaperTemplate, TemplateVersion
from office.queries.library import in_force_of, ready_for
from tests.cast import browser_of
from tests.groups.world import World
from tests.office.library import TELEHEALTH, published, template, words
from tests.trail import recorded


def test_a_template_begins_with_our_words_and_is_published_by_number(world: World) -> None:
    made = template(world)
    assert in_force_of(made) is None
    first = published(world, made, risks="The line may break.")
    second = published(world, made, risks="The line may break, and a device may be lost.")
    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "published")
    assert "The line may break." in first.text
    assert second.sha256 == sha256_of(second.text)
    assert len(recorded("template.published")) == 2


def test_what_has_a_finding_that_blocks_is_saved_and_not_published(world: World) -> None:
    made = template(world)
    with world.ada.acting():
        services.save_template(template=made, text=words(risks=""))
        with pytest.raises(WordsNotReady):
            services.publish_template(template=made)
        services.save_template(template=made, text=words(risks="Perfect: it is guaranteed."))
        with pytest.raises(WordsNotReady):
            services.publish_template(template=made)
    assert in_force_of(made) is None
    assert published(world, made, risks="The line may break.").number == 1


def test_publishing_twice_or_the_same_words_is_refused(world: World) -> None:
    made = template(world)
    published(world, made)
    with world.ada.acting(), pytest.raises(NothingToPublish):
        services.publish_template(template=made)
    with pytest.raises(NothingToPublish):
        published(world, made)


def test_two_templates_of_a_kind_have_two_names(world: World) -> None:
    template(world)
    with pytest.raises(NameTaken):
        template(world, name=" Adults ")
    template(world, DocumentKind.GROUND_RULES)
    assert PaperTemplate.objects.count() == 2


def test_a_group_gets_a_draft_that_its_therapist_publishes(world: World, ada: Client) -> None:
    made = template(world)
    published(world, made, emergency="Call {number} first.")
    path = reverse("office:begin", args=[made.pk])
    ada.post(path, {"group": world.circle.pk})
    draft = papers.draft_of(world.circle, TELEHEALTH)
    assert draft is not None
    assert "Call {number} first." in draft.text
    assert papers.version_in_force(world.circle, TELEHEALTH) is None, "nobody has to sign it yet"
    assert papers.draft_of(world.other, TELEHEALTH) is None
    (entry,) = recorded("template.used")
    assert entry["group"] == f"group:{world.circle.pk}"
    page = reverse("consent:publish_document", args=[world.circle.pk, TELEHEALTH])
    browser_of(world.thea).post(page, {"number": "911"})
    in_force = papers.version_in_force(world.circle, TELEHEALTH)
    assert in_force is not None
    assert "Call 911 first." in in_force.text


def test_a_draft_of_the_therapist_is_replaced_only_when_asked_for(world: World) -> None:
    version = published(world, template(world))
    own = words(risks="The therapist's own words.")
    with world.thea.acting():
        save_draft(group=world.circle, text=own, kind=TELEHEALTH)
    with world.ada.acting():
        with pytest.raises(DraftInTheWay):
            services.begin_from_template(version=version, group=world.circle)
        draft = papers.draft_of(world.circle, TELEHEALTH)
        assert draft is not None
        assert draft.text == own
        services.begin_from_template(version=version, group=world.circle, replace=True)
    draft = papers.draft_of(world.circle, TELEHEALTH)
    assert draft is not None
    assert draft.text == version.text


def test_a_therapist_begins_from_it_in_the_own_group_and_in_no_other(world: World) -> None:
    version = published(world, template(world))
    thea = browser_of(world.thea)
    page = thea.get(reverse("consent:document", args=[world.circle.pk, TELEHEALTH]))
    assert b"Adults, version 1" in page.content
    said = {"template": str(version.pk)}
    other = reverse("office:begin_own", args=[world.other.pk, TELEHEALTH])
    assert thea.post(other, said).status_code == 404
    assert papers.draft_of(world.other, TELEHEALTH) is None
    own = reverse("office:begin_own", args=[world.circle.pk, TELEHEALTH])
    assert thea.post(own, said).status_code == 302
    assert papers.draft_of(world.circle, TELEHEALTH) is not None


def test_a_retired_template_is_offered_to_nobody(world: World) -> None:
    made = template(world)
    published(world, made)
    assert ready_for(world.circle, TELEHEALTH).exists()
    with world.ada.acting():
        services.retire_template(template=made)
    assert not ready_for(world.circle, TELEHEALTH).exists()


def test_the_page_shows_the_findings_and_offers_to_publish_only_without_them(
    world: World, ada: Client
) -> None:
    made = template(world)
    path = reverse("office:template", args=[made.pk])
    assert "Publish this version" in ada.get(path).content.decode()
    ada.post(path, {"summary": "In short.", "risks": "It is 100 % safe."})
    page = ada.get(path).content.decode()
    assert "promises what nobody can keep" in page
    assert "is required and says nothing yet" in page
    assert "Publish this version" not in page
    assert TemplateVersion.objects.count() == 1, "saving edits the one draft"
