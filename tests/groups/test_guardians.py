"""Ages, minors and those who stand for them: who may join, sign, and see what."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Profile, Role
from config.development.walk import come_in
from groups import ages, queries
from groups.errors import AgeOutside, AgesRefused, GuardianRefused
from groups.models import Group, GuardianLink, Invitation, Membership
from groups.services import correct_birth_date, end_guardian, invite, link_guardian, set_ages
from groups.states import GuardianScope, SeatRole
from tests.cast import CLEO, PASSWORD, Person, Visit, browser_of, member_of
from tests.groups.world import World, membership_in
from tests.trail import recorded

GINA = Person("gina", "Gina Ferreira", "guardian")
KIM = replace(CLEO, name="kim", true_name="Kim Berger", alias="Kim")


def born(years: int) -> date:
    """So many years old, since some days."""
    return timezone.now().date() - timedelta(days=366 * years)


def for_ages(world: World, youngest: int | None, oldest: int | None) -> Group:
    with world.thea.acting():
        return set_ages(group=world.circle, youngest=youngest, oldest=oldest, adult_from=18)


def joins(group: Group, world: World, years: int | None) -> Visit:
    return come_in(
        KIM,
        password=PASSWORD,
        program=group.program,
        invited_by=world.thea.user,
        group=group,
        seat_role=SeatRole.MEMBER,
        born_on=None if years is None else born(years),
    )


def make_minor(world: World, visit: Visit) -> Membership:
    ward = membership_in(world.circle, visit)
    with world.thea.acting():
        correct_birth_date(membership=ward, born=born(16))
    return membership_in(world.circle, visit)


def guardian_of(world: World, ward: Membership) -> Visit:
    return come_in(
        GINA,
        password=PASSWORD,
        program=world.circle.program,
        invited_by=world.thea.user,
        ward=ward,
    )


@given(st.dates(date(1920, 1, 1), date(2020, 1, 1)), st.integers(0, 40_000))
def test_an_age_grows_by_one_on_each_birthday(birthday: date, days: int) -> None:
    day = birthday + timedelta(days=days)
    age = ages.age_on(birthday, day)
    assert age >= 0
    assert ages.age_on(birthday, day + timedelta(days=1)) - age in (0, 1)
    assert abs(age - days / 365.2425) < 1.01


def test_whoever_was_born_on_leap_day_is_of_age_on_the_first_of_march() -> None:
    leap = date(2008, 2, 29)
    assert ages.age_on(leap, date(2026, 2, 28)) == 17
    assert ages.age_on(leap, date(2026, 3, 1)) == 18


def test_an_adult_cannot_join_a_minors_group_and_the_invitation_still_works(world: World) -> None:
    group = for_ages(world, 13, 17)
    with pytest.raises(AgeOutside):
        joins(group, world, 18)
    assert not Membership.objects.filter(group=group, user__role=Role.PARTICIPANT).exclude(
        user__in=(world.ana.user, world.ben.user)
    )
    assert Invitation.objects.filter(group=group, used_at=None, revoked_at=None).exists()
    assert joins(group, world, 17).membership is not None
    profile = Profile.objects.latest("updated_at")
    assert profile.born_on == born(17)


@pytest.mark.parametrize("years", [12, 18, None])
def test_outside_the_ages_or_without_one_nobody_joins(world: World, years: int | None) -> None:
    with pytest.raises(AgeOutside):
        joins(for_ages(world, 13, 17), world, years)


def test_the_invitation_page_asks_for_the_date_and_says_the_next_step(world: World) -> None:
    group = for_ages(world, 13, 17)
    with world.thea.acting():
        issued = invite(
            program=group.program,
            address=KIM.email,
            role=Role.PARTICIPANT,
            invited_by=world.thea.user,
            group=group,
            seat_role=SeatRole.MEMBER,
        )
    from django.test import Client

    path = "/" + issued.link.split("/", 3)[3]
    told = {
        "true_name": KIM.true_name,
        "alias": "Kim",
        "password": PASSWORD,
        "born_on": f"{born(30):%Y-%m-%d}",
    }
    shown = Client().post(path, told)
    assert shown.status_code == 200
    assert "Ask the person who invited you" in shown.content.decode()
    fits = Client().post(path, {**told, "born_on": f"{born(15):%Y-%m-%d}"})
    assert fits.status_code == 302


def test_a_group_is_not_closed_over_the_head_of_a_member(world: World) -> None:
    with world.thea.acting():
        correct_birth_date(membership=membership_in(world.circle, world.ana), born=born(40))
    with pytest.raises(AgesRefused):
        for_ages(world, 13, 17)
    world.circle.refresh_from_db()
    assert not world.circle.is_age_bound
    assert for_ages(world, 18, None).youngest == 18


def test_the_date_of_birth_is_sealed_and_told_once(world: World) -> None:
    client = browser_of(world.ana)
    told = {"true_name": world.ana.person.true_name, "language": "en", "born_on": "2009-05-17"}
    assert client.post("/profile/", told).status_code == 302
    assert Profile.objects.get(user=world.ana.user).born_on == date(2009, 5, 17)
    client.post("/profile/", {**told, "born_on": "1990-05-17"})
    assert Profile.objects.get(user=world.ana.user).born_on == date(2009, 5, 17)
    with connection.cursor() as cursor:
        cursor.execute("SELECT birth_date FROM accounts_profile WHERE birth_date IS NOT NULL")
        (column,) = cursor.fetchone()
    assert b"2009" not in bytes(column)


def test_only_a_host_corrects_a_date(world: World) -> None:
    path = f"/groups/{world.circle.pk}/members/{membership_in(world.circle, world.ana).pk}/"
    told = {"born_on": f"{born(16):%Y-%m-%d}"}
    for other in (world.ana, world.ben, world.tom, world.ada):
        assert browser_of(other).post(f"{path}birth-date/", told).status_code == 404
    assert Profile.objects.get(user=world.ana.user).born_on is None
    assert browser_of(world.thea).post(f"{path}birth-date/", told).status_code == 302
    assert Profile.objects.get(user=world.ana.user).born_on == born(16)
    said = recorded("member.birth_date_corrected")[-1]
    assert said["subject"] == str(world.ana.user.ref)
    assert str(born(16).year) not in str(said)


def test_guardians_are_invited_for_minors_only(world: World) -> None:
    ward = membership_in(world.circle, world.ana)
    with pytest.raises(GuardianRefused):
        guardian_of(world, ward)
    gina = guardian_of(world, make_minor(world, world.ana))
    link = GuardianLink.objects.get()
    assert (link.guardian, link.ward.user) == (gina.user, world.ana.user)
    assert link.may_sign
    said = recorded("guardian.linked")[-1]
    assert (said["subject"], said["reason"]) == (str(world.ana.user.ref), "sign")


def test_a_member_or_the_minor_cannot_be_a_guardian(world: World) -> None:
    ward = make_minor(world, world.ana)
    for somebody in (world.ana, world.ben, world.thea):
        with world.thea.acting(), pytest.raises(GuardianRefused):
            link_guardian(ward=ward, guardian=somebody.user, scope=GuardianScope.SIGN)
    assert not GuardianLink.objects.exists()


def test_a_guardian_sees_no_group_no_peer_and_no_session(world: World) -> None:
    gina = guardian_of(world, make_minor(world, world.ana))
    client = browser_of(gina)
    for path in (f"/groups/{world.circle.pk}/", f"/groups/{world.circle.pk}/me/"):
        assert client.get(path).status_code == 404
    shown = client.get("/papers/").content.decode()
    assert world.ana.person.true_name in shown
    for peer in (world.ben, world.thea):
        assert peer.person.alias not in shown
        assert peer.person.true_name not in shown
    assert not queries.visible_to(gina.user).exists()
    assert not queries.memberships_of(gina.user).exists()


def test_a_link_that_ended_opens_nothing_any_more(world: World) -> None:
    gina = guardian_of(world, make_minor(world, world.ana))
    link = GuardianLink.objects.get()
    assert queries.wards_of(gina.user).exists()
    path = f"/groups/{world.circle.pk}/members/{link.ward_id}/guardians/"
    assert browser_of(world.tom).post(f"{path}{link.pk}/end/").status_code == 404
    assert gina.person.true_name in browser_of(world.thea).get(path).content.decode()
    assert browser_of(world.thea).post(f"{path}{link.pk}/end/").status_code == 302
    assert not queries.wards_of(gina.user).exists()
    assert world.ana.person.true_name not in browser_of(gina).get("/papers/").content.decode()
    assert recorded("guardian.ended")[-1]["object"] == str(link.ref)


def test_ending_twice_keeps_the_first_time(world: World) -> None:
    guardian_of(world, make_minor(world, world.ana))
    link = GuardianLink.objects.get()
    with world.thea.acting():
        first = end_guardian(link=link).ended_at
        assert end_guardian(link=link).ended_at == first


def test_a_minor_comes_of_age_on_the_clocks_of_the_group(world: World) -> None:
    ward = make_minor(world, world.ana)
    now = timezone.now()
    assert ages.is_minor(world.circle, born(16), now)
    assert not ages.is_minor(world.circle, born(16), now + timedelta(days=3 * 365))
    assert queries.minors_of(world.circle, now) == {ward.user_id}
    assert queries.minors_of(world.circle, now + timedelta(days=3 * 365)) == frozenset()


def test_adults_need_nobody(world: World) -> None:
    member = member_of(world.circle, KIM, invited_by=world.thea)
    assert member.membership is not None
    assert not queries.is_minor(member.membership)
