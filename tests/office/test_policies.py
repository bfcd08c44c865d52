"""All groups' rules on one page, changed by the services that always change them."""

from django.test import Client
from django.urls import reverse

from consent import queries as papers
from groups.models import Group
from tests.groups.world import World
from tests.trail import recorded


def rules(group: Group, **changed: str) -> dict[str, str]:
    return {
        "which": "room",
        "name": group.name,
        "capacity": "8",
        "camera_policy": "expected",
        "timezone": "UTC",
        "require_e2ee": "on",
        **changed,
    }


def test_one_table_shows_the_rules_of_every_group(world: World, ada: Client) -> None:
    page = ada.get(reverse("office:policies")).content.decode()
    assert "Thursday circle" in page
    assert "Morning circle" in page
    assert page.count("Not set") == 2, "no passphrase yet"
    assert "only new versions" in page
    assert recorded("office.policies_viewed")


def test_the_rules_of_the_room_are_changed_and_recorded(world: World, ada: Client) -> None:
    path = reverse("office:policy", args=[world.circle.pk])
    assert ada.post(path, rules(world.circle)).status_code == 302
    world.circle.refresh_from_db()
    assert (world.circle.capacity, world.circle.require_e2ee) == (8, True)
    assert len(recorded("group.policy_changed")) == 1
    refused = ada.post(path, rules(world.circle, capacity="2"))
    assert "More people than this belong to the group already." in refused.content.decode()
    world.circle.refresh_from_db()
    assert world.circle.capacity == 8


def test_the_rules_of_the_papers_are_changed_and_recorded(world: World, ada: Client) -> None:
    path = reverse("office:policy", args=[world.circle.pk])
    said = {"which": "papers", "reaffirm_days": "90", "grace_days": "5", "review_days": "14"}
    assert ada.post(path, said).status_code == 302
    policy = papers.policy_of(world.circle)
    assert (policy.reaffirm_days, policy.grace_days) == (90, 5)
    assert recorded("doc.policy_changed")
    assert "every 90 days, 5 of grace" in ada.get(reverse("office:policies")).content.decode()
    ada.post(path, {**said, "grace_days": "9999"})
    assert papers.policy_of(world.circle).grace_days == 5
