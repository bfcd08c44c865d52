"""Reading, signing, the copy and the therapist's pages, as a browser meets them."""

from typing import Any
from urllib.parse import quote

import pytest

from consent import queries
from consent.clauses import sections_of
from consent.models import Signature
from consent.services import save_draft
from tests.cast import MALLORY, Person, browser_of, group_of, member_of
from tests.consent.papers import answers, in_force, published, signature_of
from tests.groups.world import World
from tests.trail import recorded

NEWER = {"leaving": "The promise to keep things confidential has no end, not even a distant one."}
ROSA = Person("rosa", "Rosa Lind", "participant", "Rosa")
NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_the_paper_shows_summary_limits_and_the_whole_text(world: World) -> None:
    version = in_force(world.circle)
    page = browser_of(world.ana).get(f"/papers/{version.pk}/").content.decode()
    assert 'id="in-short"' in page
    assert 'id="limits-panel"' in page
    for heading in ("No recordings", "When the law comes first", "After you leave"):
        assert heading in page
    entry = recorded("doc.viewed")[-1]
    assert entry["object"] == f"agreement_version:{version.pk}"
    assert entry["subject"] == f"user:{world.ana.user.pk}"


def test_without_a_fresh_factor_the_page_leads_to_the_step_up_and_back(world: World) -> None:
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    path = f"/papers/{in_force(world.circle).pk}/"
    page = browser_of(rosa).get(path).content.decode()
    assert f"/step-up/?next={quote(path, safe='')}" in page
    assert "Sign the agreement" not in page


def test_signing_goes_back_to_where_one_came_from(world: World) -> None:
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    rosa.step_up()
    path = f"/papers/{in_force(world.circle).pk}/?next=/session/{NOWHERE}/"
    client = browser_of(rosa)
    assert "Sign the agreement" in client.get(path).content.decode()
    assert client.post(path, answers(rosa))["Location"] == f"/session/{NOWHERE}/"
    assert queries.is_current(rosa.user, world.circle)


def test_next_never_leads_away_from_us(world: World) -> None:
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    rosa.step_up()
    path = f"/papers/{in_force(world.circle).pk}/?next=https://evil.example/"
    answer = browser_of(rosa).post(path, answers(rosa))
    assert answer["Location"].startswith("/papers/signed/")


def test_the_second_tab_gets_the_same_copy(world: World) -> None:
    path = f"/papers/{in_force(world.circle).pk}/"
    signature = signature_of(world.ana, in_force(world.circle))
    answer = browser_of(world.ana).post(path, answers(world.ana))
    assert answer["Location"] == f"/papers/signed/{signature.pk}/"
    assert Signature.objects.filter(user=world.ana.user).count() == 1


def test_a_version_replaced_while_reading_leads_to_the_newer_one(world: World) -> None:
    former = in_force(world.circle)
    newer = published(world.circle, world.thea, **NEWER)
    world.ana.step_up()
    client = browser_of(world.ana)
    answer = client.post(f"/papers/{former.pk}/?next=/here/", answers(world.ana))
    assert answer["Location"] == f"/papers/{newer.pk}/?next=%2Fhere%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "What changed since you last signed" in page
    assert "<ins>" in page
    old = client.get(f"/papers/{former.pk}/").content.decode()
    assert "This version has been replaced" in old
    assert "Sign the agreement" not in old


@pytest.mark.parametrize("kind", ["missing_tick", "wrong_name"])
def test_an_incomplete_form_signs_nothing_and_says_why(world: World, kind: str) -> None:
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    rosa.step_up()
    said = answers(rosa)
    if kind == "missing_tick":
        del said["limits"]
    else:
        said["printed_name"] = "Somebody Else"
    client = browser_of(rosa)
    page: Any = client.post(f"/papers/{in_force(world.circle).pk}/", said)
    assert page.status_code == 200
    assert page.context_data["form"].errors
    assert not queries.is_current(rosa.user, world.circle)
    assert client.post(f"/papers/{in_force(world.circle).pk}/", answers(rosa)).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_paper_of_another_group_does_not_exist(world: World, method: str) -> None:
    theirs, client = in_force(world.other), browser_of(world.ana)
    refused = getattr(client, method)(f"/papers/{theirs.pk}/")
    unknown = getattr(client, method)(f"/papers/{NOWHERE}/")
    assert refused.status_code == unknown.status_code == 404
    assert refused.content == unknown.content
    assert browser_of(world.cleo).get(f"/papers/{theirs.pk}/").status_code == 200
    assert recorded("doc.access.refused")


def test_a_draft_is_shown_to_hosts_only(world: World) -> None:
    with world.thea.acting():
        draft = save_draft(group=world.circle, text="# Draft\n\n## In short\n\nSecret plan")
    assert browser_of(world.ana).get(f"/papers/{draft.pk}/").status_code == 404
    page = browser_of(world.thea).get(f"/groups/{world.circle.pk}/agreement/").content.decode()
    assert "Secret plan" in page


def test_the_copy_shows_the_signature_and_recomputes_the_hash(world: World) -> None:
    signature = signature_of(world.ana, in_force(world.circle))
    page = browser_of(world.ana).get(f"/papers/signed/{signature.pk}/").content.decode()
    for shown in ("Ana Ferreira", signature.document_sha256, signature.meaning, "they match"):
        assert shown in page
    assert "cannot be guaranteed" in page


@pytest.mark.parametrize("who", ["ben", "thea", "cleo", "ada"])
def test_nobody_else_opens_a_copy_or_withdraws_it(world: World, who: str) -> None:
    signature = signature_of(world.ana, in_force(world.circle))
    client = browser_of(getattr(world, who))
    assert client.get(f"/papers/signed/{signature.pk}/").status_code == 404
    assert client.post(f"/papers/signed/{signature.pk}/withdraw/").status_code == 404
    signature.refresh_from_db()
    assert signature.is_valid


def test_withdrawing_is_told_to_the_host_as_a_state(world: World) -> None:
    signature = signature_of(world.ana, in_force(world.circle))
    client = browser_of(world.ana)
    assert client.get(f"/papers/signed/{signature.pk}/withdraw/").status_code == 405
    assert client.post(f"/papers/signed/{signature.pk}/withdraw/").status_code == 302
    page = browser_of(world.thea).get(f"/groups/{world.circle.pk}/").content.decode()
    assert page.count("To sign") == 1
    assert "Waits for you" in client.get("/papers/").content.decode()


def test_a_former_member_keeps_the_copy_and_loses_the_rest(world: World) -> None:
    version = in_force(world.circle)
    signature = signature_of(world.ana, version)
    client = browser_of(world.ana)
    client.post(f"/groups/{world.circle.pk}/leave/", {"duty": "on"})
    assert client.get(f"/papers/signed/{signature.pk}/").status_code == 200
    assert client.get(f"/papers/{version.pk}/").status_code == 200
    newer = published(world.circle, world.thea, **NEWER)
    assert client.get(f"/papers/{newer.pk}/").status_code == 404
    assert client.post(f"/papers/{version.pk}/", answers(world.ana)).status_code == 404


def test_a_therapist_writes_and_publishes_the_first_version(world: World) -> None:
    group = group_of(world.thea, name="New circle", is_published=False)
    client, path = browser_of(world.thea), f"/groups/{group.pk}/agreement/"
    page: Any = client.get(path)
    assert page.status_code == 200
    sections = dict(page.context_data["form"].initial)
    assert client.post(f"{path}publish/").status_code == 302
    assert queries.version_in_force(group) is None, "there was no draft"
    sections["own_rules"] = "We begin with a minute of silence."
    assert client.post(path, sections).status_code == 302
    assert client.post(f"{path}publish/").status_code == 302
    assert "minute of silence" in in_force(group).text
    assert queries.papers_due(world.thea.user, group) == [in_force(group)]


def test_a_required_clause_cannot_be_left_empty(world: World) -> None:
    client, path = browser_of(world.thea), f"/groups/{world.circle.pk}/agreement/"
    sections = sections_of(in_force(world.circle).text)
    page = client.post(path, {**sections, "limits": "  "})
    assert page.status_code == 200
    assert queries.draft_of(world.circle) is None
    page = client.post(path, {**sections, "limits": "Fine.\n## Forged heading"})
    assert page.status_code == 200
    assert queries.draft_of(world.circle) is None


@pytest.mark.parametrize("who", ["ana", "tom", "ada", "cleo"])
def test_only_hosts_write_and_publish(world: World, who: str) -> None:
    with world.thea.acting():
        save_draft(group=world.circle, text="# Draft")
    client, path = browser_of(getattr(world, who)), f"/groups/{world.circle.pk}/agreement/"
    assert client.get(path).status_code == 404
    assert client.post(path, {}).status_code == 404
    assert client.post(f"{path}publish/").status_code == 404
    assert in_force(world.circle).number == 1


def test_the_list_of_papers_is_ones_own(world: World) -> None:
    mallory = member_of(world.other, MALLORY, invited_by=world.tom, has_signed=False)
    page = browser_of(mallory).get("/papers/").content.decode()
    assert "Morning circle" in page
    assert "Thursday circle" not in page
    assert "Waits for you" in page
