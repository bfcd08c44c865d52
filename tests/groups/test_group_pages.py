"""Who sees which group, and what of it. Every denial has a control that passes."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from groups import queries
from groups.models import Affiliation, Group, Program
from groups.services import suspend_membership
from tests.cast import (
    ADA,
    MALLORY,
    MAX,
    Person,
    Visit,
    browser_of,
    member_of,
    programme,
    staff,
)
from tests.groups.world import World, membership_in
from tests.trail import recorded

NOWHERE = "00000000-0000-4000-8000-000000000000"
HOST_PAGES = ("", "invite/", "passphrase/", "rules/", "agreement/", "me/")
NINA = Person("nina", "Nina Berg", "therapist", "Nina")


def body_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("page", HOST_PAGES)
def test_a_therapist_cannot_open_another_therapists_group(world: World, page: str) -> None:
    ours, theirs = f"/groups/{world.circle.pk}/{page}", f"/groups/{world.other.pk}/{page}"
    client = browser_of(world.thea)
    assert client.get(ours).status_code == 200
    refused = client.get(theirs)
    assert refused.status_code == 404
    assert refused.content == client.get(f"/groups/{NOWHERE}/{page}").content
    assert recorded("group.access.refused")[-1]["object"] == f"group:{NOWHERE}"


def test_a_host_sees_true_names_and_that_is_recorded(world: World) -> None:
    page = body_of(browser_of(world.thea), f"/groups/{world.circle.pk}/")
    assert "Ana Ferreira" in page
    assert "Benjamin Okafor" in page
    assert "Cleo" not in page
    entry = recorded("record.viewed")[-1]
    assert (entry["actor"], entry["group"]) == (
        f"user:{world.thea.user.pk}",
        f"group:{world.circle.pk}",
    )


def test_a_member_sees_aliases_only(world: World) -> None:
    page = body_of(browser_of(world.ana), f"/groups/{world.circle.pk}/")
    assert "Ben" in page
    for hidden in ("Benjamin", "Okafor", "Marsh", "Ferreira", "@example.org"):
        assert hidden not in page
    assert recorded("record.viewed") == []


def test_an_admin_sees_how_a_group_is_set_up_but_not_who_is_in_it(world: World) -> None:
    page = body_of(browser_of(world.ada), f"/groups/{world.circle.pk}/")
    assert "Thea Marsh" in page
    assert "3 of 10 places" in page
    for hidden in ("Ana", "Ferreira", "Benjamin"):
        assert hidden not in page


def test_an_admin_of_another_programme_sees_nothing(world: World) -> None:
    elsewhere = Program.objects.create(name="Elsewhere")
    Affiliation.objects.filter(user=world.ada.user).update(program=elsewhere)
    client = browser_of(world.ada)
    assert client.get(f"/groups/{world.circle.pk}/").status_code == 404
    assert client.get(f"/groups/{world.circle.pk}/rules/").status_code == 404
    assert "Thea" not in body_of(client, "/people/")
    assert world.circle.name not in body_of(client, "/groups/")


def test_a_compliance_officer_does_not_browse_groups(world: World) -> None:
    client = browser_of(staff(MAX))
    assert client.get(f"/groups/{world.circle.pk}/").status_code == 404
    assert world.circle.name not in body_of(client, "/groups/")


def test_a_member_cannot_open_what_is_for_hosts(world: World) -> None:
    client = browser_of(world.ana)
    base = f"/groups/{world.circle.pk}"
    ben = membership_in(world.circle, world.ben).pk
    for path in ("invite/", "passphrase/", "rules/", "agreement/", f"members/{ben}/", "hosts/new/"):
        assert client.get(f"{base}/{path}").status_code == 404, path
    for path in ("suspend/", "remove/", "reinstate/"):
        assert client.post(f"{base}/members/{ben}/{path}").status_code == 404, path
    assert membership_in(world.circle, world.ben).state == "active"
    assert client.get(f"{base}/").status_code == 200


def test_a_host_acts_on_members_of_the_own_group_only(world: World) -> None:
    client = browser_of(world.thea)
    cleo, ben = membership_in(world.other, world.cleo), membership_in(world.circle, world.ben)
    for group in (world.circle, world.other):
        path = f"/groups/{group.pk}/members/{cleo.pk}/remove/"
        assert client.post(path, {"reason": "safety"}).status_code == 404
    assert membership_in(world.other, world.cleo).state == "active"
    path = f"/groups/{world.circle.pk}/members/{ben.pk}/remove/"
    assert client.post(path, {"reason": "safety"}).status_code == 302
    assert membership_in(world.circle, world.ben).state == "removed"
    assert recorded("member.removed")[-1]["reason"] == "safety"


def test_a_paused_member_is_told_so_and_sees_nobody(world: World) -> None:
    with world.thea.acting():
        suspend_membership(membership=membership_in(world.circle, world.ana), reason="safety")
    client = browser_of(world.ana)
    page = body_of(client, f"/groups/{world.circle.pk}/")
    assert "paused" in page
    assert "Ben" not in page
    assert client.get(f"/groups/{world.circle.pk}/me/").status_code == 404


def test_mallory_gets_the_404_of_a_group_that_does_not_exist(world: World) -> None:
    mallory = member_of(world.other, MALLORY, invited_by=world.tom)
    client = browser_of(mallory)
    refused = client.get(f"/groups/{world.circle.pk}/")
    assert refused.status_code == 404
    assert refused.content == client.get(f"/groups/{NOWHERE}/").content


def test_lists_begin_with_what_is_visible(world: World) -> None:
    def seen(visit: Visit) -> set[Any]:
        return {group.pk for group in queries.visible_to(visit.user)}

    assert seen(world.ada) == {world.circle.pk, world.other.pk}
    assert seen(world.thea) == seen(world.ana) == {world.circle.pk}
    assert seen(world.tom) == seen(world.cleo) == {world.other.pk}
    assert seen(staff(MAX)) == set()


@pytest.mark.parametrize("who", ["thea", "ana", "ada"])
def test_the_number_of_queries_does_not_grow_with_the_group(world: World, who: str) -> None:
    client, path = browser_of(getattr(world, who)), f"/groups/{world.circle.pk}/"

    def queries_made() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    before = queries_made()
    for name in ("Pia", "Udo", "Zoe"):
        person = Person(name.lower(), f"{name} Holm", "participant", name)
        member_of(world.circle, person, invited_by=world.thea)
    assert queries_made() == before


def test_an_admin_makes_a_group_and_names_its_therapist(world: World) -> None:
    client = browser_of(world.ada)
    answer = client.post(
        "/groups/new/",
        {
            "name": "Evening circle",
            "therapist": str(world.thea.user.pk),
            "capacity": "8",
            "camera_policy": "optional",
            "timezone": "Europe/Berlin",
        },
    )
    assert answer.status_code == 302
    made = queries.visible_to(world.thea.user).order_by("-created_at").first()
    assert made is not None
    assert (made.name, made.capacity, made.timezone) == ("Evening circle", 8, "Europe/Berlin")
    host = membership_in(made, world.thea)
    assert host.is_host
    assert host.alias == "Thea"
    assert answer["Location"] == f"/groups/{made.pk}/"


def test_only_therapists_of_the_programme_can_be_named(world: World) -> None:
    client = browser_of(world.ada)
    answers = {"name": "X", "capacity": "8", "camera_policy": "optional", "timezone": "UTC"}
    for person in (world.ana, world.ada):
        page = client.post("/groups/new/", {**answers, "therapist": str(person.user.pk)})
        assert page.status_code == 200
    assert Group.objects.count() == 2


@pytest.mark.parametrize("capacity", ["1", "17", "-3", "many"])
def test_a_group_has_two_to_sixteen_places(world: World, capacity: str) -> None:
    answers = {"name": "X", "camera_policy": "optional", "timezone": "UTC", "capacity": capacity}
    page = browser_of(world.thea).post(f"/groups/{world.circle.pk}/rules/", answers)
    assert page.status_code == 200
    assert Group.objects.get(pk=world.circle.pk).capacity == 10


def test_places_cannot_fall_below_the_people_who_are_there(world: World) -> None:
    answers = {"name": "X", "camera_policy": "off", "timezone": "UTC", "capacity": "2"}
    client = browser_of(world.thea)
    assert client.post(f"/groups/{world.circle.pk}/rules/", answers).status_code == 200
    answers["capacity"] = "3"
    assert client.post(f"/groups/{world.circle.pk}/rules/", answers).status_code == 302
    assert Group.objects.get(pk=world.circle.pk).camera_policy == "off"


def test_an_admin_names_a_co_therapist(world: World) -> None:
    nina = staff(NINA)
    client = browser_of(world.ada)
    path = f"/groups/{world.circle.pk}/hosts/new/"
    taken = client.post(path, {"therapist": str(nina.user.pk), "alias": "Ana"})
    assert taken.status_code == 200
    done = client.post(path, {"therapist": str(nina.user.pk), "alias": "Nina"})
    assert done.status_code == 302
    assert membership_in(world.circle, nina).is_host
    assert browser_of(nina).get(f"/groups/{world.circle.pk}/").status_code == 200


def test_a_member_changes_the_own_name_and_nobody_takes_the_old_one(world: World) -> None:
    path = f"/groups/{world.circle.pk}/me/"
    assert browser_of(world.ana).post(path, {"alias": "Robin", "pronouns": ""}).status_code == 302
    page = browser_of(world.ben).post(path, {"alias": "Ana", "pronouns": ""})
    assert "cannot be used" in page.content.decode()
    assert browser_of(world.ana).post(path, {"alias": "Ana", "pronouns": ""}).status_code == 302


def test_a_member_leaves_and_the_page_is_gone(world: World) -> None:
    client = browser_of(world.ana)
    assert client.post(f"/groups/{world.circle.pk}/leave/").status_code == 302
    assert membership_in(world.circle, world.ana).is_live, "the lasting duty is acknowledged first"
    assert client.post(f"/groups/{world.circle.pk}/leave/", {"duty": "on"}).status_code == 302
    assert membership_in(world.circle, world.ana).state == "departed"
    assert client.get(f"/groups/{world.circle.pk}/").status_code == 404


def test_leaving_is_never_done_by_a_link(world: World) -> None:
    assert browser_of(world.ana).get(f"/groups/{world.circle.pk}/leave/").status_code == 405
    assert membership_in(world.circle, world.ana).state == "active"


def test_an_admin_suspends_a_person_and_every_sign_in_ends(world: World) -> None:
    ana = browser_of(world.ana)
    assert ana.get(f"/groups/{world.circle.pk}/").status_code == 200
    admin = browser_of(world.ada)
    assert admin.post(f"/people/{world.ana.user.pk}/suspend/").status_code == 302
    assert ana.get(f"/groups/{world.circle.pk}/").status_code == 302
    assert admin.post(f"/people/{world.ana.user.pk}/reinstate/").status_code == 302
    world.ana.user.refresh_from_db()
    assert world.ana.user.is_active


def test_nobody_suspends_themselves_or_people_elsewhere(world: World) -> None:
    admin = browser_of(world.ada)
    assert admin.post(f"/people/{world.ada.user.pk}/suspend/").status_code == 404
    elsewhere = Program.objects.create(name="Elsewhere")
    Affiliation.objects.filter(user=world.tom.user).update(program=elsewhere)
    assert admin.post(f"/people/{world.tom.user.pk}/suspend/").status_code == 404
    world.tom.user.refresh_from_db()
    assert world.tom.user.is_active


@pytest.mark.parametrize("who", ["thea", "ana"])
def test_only_admins_see_people_and_invite_staff(world: World, who: str) -> None:
    client = browser_of(getattr(world, who))
    for path in ("/people/", "/people/invite/", "/groups/new/"):
        assert client.get(path).status_code == 404
        assert browser_of(world.ada).get(path).status_code == 200
    answers = {"address": "evil@example.org", "role": "admin"}
    sent = len(recorded("invite.sent"))
    assert client.post("/people/invite/", answers).status_code == 404
    assert len(recorded("invite.sent")) == sent


def test_an_admin_invites_staff_but_no_member(world: World) -> None:
    client = browser_of(world.ada)
    refused = client.post("/people/invite/", {"address": "x@example.org", "role": "participant"})
    assert refused.status_code == 200
    done = client.post("/people/invite/", {"address": "x@example.org", "role": "compliance"})
    assert done.status_code == 302
    assert "x@example.org" in body_of(client, "/people/")
    assert programme().invitations.filter(role="participant", group=None).count() == 0


def test_empty_pages_say_what_to_do_next(committed_db: str) -> None:
    client = browser_of(staff(ADA))
    assert "No group yet" in body_of(client, "/groups/")
    assert "A group needs a therapist" in body_of(client, "/groups/new/")
    assert "No members yet" in body_of(client, "/people/")


def test_page_titles_say_nothing_about_the_group(world: World) -> None:
    for visit in (world.thea, world.ana, world.ada):
        page = body_of(browser_of(visit), f"/groups/{world.circle.pk}/")
        title = page.split("<title>")[1].split("</title>")[0]
        assert title == "Group · Quietroom"
