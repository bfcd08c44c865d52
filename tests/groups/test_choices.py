"""What members choose for themselves in one group, and what is agreed about the camera."""

from django.test import Client

from groups.models import Membership
from groups.services import change_choices, excuse_from_camera
from groups.states import CameraPolicy
from tests.cast import browser_of
from tests.groups.world import World, membership_in
from tests.trail import recorded

CHOICES = "me/choices/"


def choose(client: Client, world: World, **ticked: str) -> int:
    return client.post(f"/groups/{world.circle.pk}/{CHOICES}", ticked).status_code


def own(world: World) -> Membership:
    return membership_in(world.circle, world.ana)


def test_what_is_not_chosen_shows_least(world: World) -> None:
    ana = own(world)
    fields = ("starts_with_camera", "hides_own_picture", "shares_attendance", "camera_excused")
    assert [getattr(ana, field) for field in fields] == [False] * 4


def test_a_member_chooses_for_themselves_and_for_this_group_only(world: World) -> None:
    assert choose(browser_of(world.ana), world, hides_own_picture="on") == 302
    ana, ben = own(world), membership_in(world.circle, world.ben)
    assert ana.hides_own_picture
    assert not ana.starts_with_camera
    assert not ben.hides_own_picture
    choose(browser_of(world.ana), world, starts_with_camera="on")
    ana = own(world)
    assert ana.starts_with_camera
    assert not ana.hides_own_picture
    said = recorded("member.choices_changed")[-1]
    assert said["subject"] == str(world.ana.user.ref)
    assert "picture" not in str(said)


def test_nobody_outside_the_group_changes_a_choice(world: World) -> None:
    assert choose(browser_of(world.cleo), world, shares_attendance="on") == 404
    assert not own(world).shares_attendance
    assert choose(browser_of(world.ana), world, shares_attendance="on") == 302
    assert own(world).shares_attendance


def test_the_therapist_agrees_on_the_camera_and_nobody_is_told_why(world: World) -> None:
    path = f"/groups/{world.circle.pk}/members/{own(world).pk}/camera/"
    for other in (world.ana, world.ben, world.tom, world.ada):
        assert browser_of(other).post(path, {"excused": "yes"}).status_code == 404
    assert not own(world).camera_excused
    thea = browser_of(world.thea)
    assert thea.post(path, {"excused": "yes"}).status_code == 302
    assert own(world).camera_excused
    said = recorded("member.accommodation_changed")[-1]
    assert said["subject"] == str(world.ana.user.ref)
    assert said["reason"] == ""
    page = f"/groups/{world.circle.pk}/"
    assert "excused" not in browser_of(world.ben).get(page).content.decode().lower()
    assert "may stay off" in browser_of(world.ana).get(f"{page}me/").content.decode()
    thea.post(path, {"excused": "no"})
    assert not own(world).camera_excused


def test_the_groups_rule_asks_members_who_were_not_excused(world: World) -> None:
    with world.ana.acting():
        change_choices(
            membership=own(world),
            starts_with_camera=False,
            hides_own_picture=False,
            shares_attendance=False,
        )
    assert not own(world).camera_starts_on
    world.circle.camera_policy = CameraPolicy.EXPECTED
    world.circle.save(update_fields=["camera_policy"])
    assert own(world).camera_is_expected
    assert own(world).camera_starts_on
    assert not membership_in(world.circle, world.thea).camera_is_expected
    with world.thea.acting():
        excuse_from_camera(membership=own(world), excused=True)
    assert not own(world).camera_is_expected
    assert not own(world).camera_starts_on


def test_pronouns_that_identify_are_refused_beside_their_field(world: World) -> None:
    client, path = browser_of(world.ana), f"/groups/{world.circle.pk}/me/"
    surname = world.ana.person.true_name.split()[-1]
    for bad in (surname, "she @ana", "call 202 555 0143", "www.ana.me"):
        shown = client.post(path, {"alias": "Ana", "pronouns": bad})
        assert shown.status_code == 200, bad
        assert own(world).pronouns != bad
    assert client.post(path, {"alias": "Ana", "pronouns": "she / her"}).status_code == 302
    assert own(world).pronouns == "she / her"
