"""The clause library: wordings of typed clauses, put into templates, and where each is used."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.kinds import DocumentKind
from consent.services import publish_version
from office import services
from office.errors import NameTaken
from office.models import LibraryClause
from office.queries.library import Used, clause_shelves, draft_of
from tests.groups.world import World
from tests.office.library import TELEHEALTH, published, template
from tests.trail import recorded

WORDS = "Call {number} first. Then call us."


def kept(world: World, text: str = WORDS, name: str = "Elsewhere") -> LibraryClause:
    with world.ada.acting():
        return services.keep_clause(
            program=world.circle.program, kind=TELEHEALTH, key="emergency", name=name, text=text
        )


def used(world: World, name: str) -> Used:
    shelves = clause_shelves(world.circle.program, TELEHEALTH)
    (shelf,) = [one for one in shelves if one.clause.key == "emergency"]
    return {wording.name: used for wording, used in shelf.wordings}[name]


def test_a_wording_says_where_it_is_used_even_where_its_words_are_filled_in(
    world: World,
) -> None:
    kept(world)
    assert used(world, "Elsewhere") == Used([], [])
    made = template(world)
    version = published(world, made, emergency=WORDS)
    assert used(world, "Elsewhere").templates == [made]
    with world.ada.acting():
        services.begin_from_template(version=version, group=world.circle)
    with world.thea.acting():
        publish_version(
            group=world.circle, by=world.thea.user, kind=TELEHEALTH, values={"number": "112"}
        )
    assert used(world, "Elsewhere") == Used([made], [world.circle])
    assert used(world, "Quietroom's words") == Used([], [])


def test_a_wording_is_put_into_a_template_and_stays_there_when_it_changes(
    world: World, ada: Client
) -> None:
    own = kept(world)
    made = template(world)
    path = reverse("office:choose_wording", args=[made.pk, "emergency"])
    assert WORDS in ada.get(path).content.decode()
    ada.post(path, {"wording": "1"})
    draft = draft_of(made)
    assert draft is not None
    assert WORDS in draft.text
    ada.post(reverse("office:clause", args=[own.pk]), {"name": "Elsewhere", "text": "Call us."})
    own.refresh_from_db()
    assert own.text == "Call us."
    draft.refresh_from_db()
    assert WORDS in draft.text
    assert used(world, "Elsewhere") == Used([], [])


def test_a_wording_that_promises_safety_is_not_kept(world: World, ada: Client) -> None:
    path = reverse("office:new_clause", args=[TELEHEALTH, "emergency"])
    refused = ada.post(path, {"name": "Bold", "text": "Help is guaranteed."})
    assert "promises what nobody can keep" in refused.content.decode()
    assert not LibraryClause.objects.exists()
    ada.post(path, {"name": "Honest", "text": "Help cannot be guaranteed."})
    assert LibraryClause.objects.get().name == "Honest"


def test_a_wording_is_named_once_and_taken_out_again(world: World, ada: Client) -> None:
    own = kept(world)
    with pytest.raises(NameTaken):
        kept(world)
    kept(world, name="Another")
    ada.post(reverse("office:drop_clause", args=[own.pk]))
    assert [one.name for one in LibraryClause.objects.all()] == ["Another"]
    assert recorded("clause.dropped")


def test_a_clause_that_no_paper_has_is_a_page_that_does_not_exist(
    world: World, ada: Client
) -> None:
    assert ada.get("/office/clauses/no-such-kind/").status_code == 404
    unknown = reverse("office:new_clause", args=[DocumentKind.TELEHEALTH, "breach"])
    assert ada.get(unknown).status_code == 404
    known = reverse("office:new_clause", args=[DocumentKind.TELEHEALTH, "risks"])
    assert ada.get(known).status_code == 200
