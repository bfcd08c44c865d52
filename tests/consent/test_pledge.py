"""The pledge: a promise that peers see as a name and "pledged", or not at all."""

import re

import pytest
from django.urls import reverse

from consent import services
from consent.errors import AlreadyPledged, NothingPledged
from consent.models import Pledge
from consent.pledge import SENTENCE
from tests.cast import ANA, BEN, Person, Visit, browser_of, member_of
from tests.groups.world import World
from tests.trail import recorded

ROSA = Person("rosa", "Rosa Lind", "participant", "Rosa")
SIGNED_ON = re.compile(r"signed|signature", re.IGNORECASE)


def pledge(world: World, visit: Visit, *, is_shown: bool = True) -> None:
    said = {"is_shown": "on"} if is_shown else {}
    path = reverse("consent:pledge", args=[world.circle.pk])
    assert browser_of(visit).post(path, said).status_code == 302


def page(world: World, visit: Visit, name: str = "consent:rules") -> str:
    return browser_of(visit).get(reverse(name, args=[world.circle.pk])).content.decode()


def who_pledged(text: str) -> str:
    return text.partition("Who pledged")[2].partition("</section>")[0]


def test_peers_see_a_name_and_pledged_and_nothing_else(world: World) -> None:
    pledge(world, world.ana)
    shown = who_pledged(page(world, world.ben))
    words = re.sub(r"<[^>]+>", " ", shown).split()
    assert words == [ANA.alias, "Pledged"]
    assert "Pledged" in page(world, world.ben, "groups:group")
    assert Pledge.objects.get().sentence == SENTENCE
    assert not SIGNED_ON.search(shown)


def test_a_hidden_pledge_is_seen_by_nobody_else(world: World) -> None:
    pledge(world, world.ana, is_shown=False)
    for visit in (world.ben, world.thea):
        assert ANA.alias not in who_pledged(page(world, visit))
        assert "Pledged" not in page(world, visit, "groups:group")
    assert "The group does not see it" in page(world, world.ana)
    path = reverse("consent:pledge_display", args=[world.circle.pk])
    browser_of(world.ana).post(path, {"show": "1"})
    assert ANA.alias in who_pledged(page(world, world.ben))
    browser_of(world.ana).post(path, {"hide": "1"})
    assert ANA.alias not in who_pledged(page(world, world.ben))
    reasons = [entry["reason"] for entry in recorded("pledge.display_changed")]
    assert reasons == ["shown", "hidden"]


def test_it_is_taken_back_and_made_again(world: World) -> None:
    pledge(world, world.ana)
    path = reverse("consent:take_back_pledge", args=[world.circle.pk])
    browser_of(world.ana).post(path)
    assert ANA.alias not in who_pledged(page(world, world.ben))
    pledge(world, world.ana)
    assert ANA.alias in who_pledged(page(world, world.ben))
    assert sorted(Pledge.objects.values_list("state", flat=True)) == ["made", "taken_back"]


def test_it_is_made_once_and_only_by_oneself(world: World) -> None:
    pledge(world, world.ana)
    pledge(world, world.ana)
    assert Pledge.objects.count() == 1
    with world.ana.acting(), pytest.raises(AlreadyPledged):
        services.make_pledge(group=world.circle, by=world.ana.user, is_shown=True)
    with world.ben.acting(), pytest.raises(NothingPledged):
        services.show_pledge(group=world.circle, by=world.ben.user, is_shown=False)
    with world.ben.acting(), pytest.raises(NothingPledged):
        services.take_back_pledge(group=world.circle, by=world.ben.user)
    assert Pledge.objects.get().user == world.ana.user


def test_it_comes_after_the_signature_and_opens_no_door(world: World) -> None:
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    pledge(world, rosa)
    assert Pledge.objects.count() == 0
    rosa.sign(world.circle)
    pledge(world, rosa)
    assert Pledge.objects.get().user == rosa.user


def test_whoever_left_is_not_on_the_list(world: World) -> None:
    pledge(world, world.ana)
    pledge(world, world.ben)
    browser_of(world.ana).post(f"/groups/{world.circle.pk}/leave/", {"duty": "on"})
    shown = who_pledged(page(world, world.thea))
    assert BEN.alias in shown
    assert ANA.alias not in shown


@pytest.mark.parametrize("who", ["cleo", "tom", "ada"])
def test_others_cannot_pledge_in_a_group_that_is_not_theirs(world: World, who: str) -> None:
    path = reverse("consent:pledge", args=[world.circle.pk])
    assert browser_of(getattr(world, who)).post(path, {"is_shown": "on"}).status_code == 404
    assert Pledge.objects.count() == 0
