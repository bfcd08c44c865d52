"""An invitation is for one address, works once, and tells strangers nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts import limits
from accounts.models import OutgoingMail, Role, User
from accounts.models.people import email_digest
from audit.context import acting_as_system
from crypto import blind_index
from groups.errors import AliasRefused, GroupFull, InvitationEnded
from groups.invitation_tokens import digest_of
from groups.models import Affiliation, Group, Invitation, Membership, Program
from groups.services import accept_invitation, invite, remove_membership, withdraw_invitation
from groups.services.invitations import INVITATIONS, Accepted, IssuedInvitation
from groups.states import SeatRole
from tests.cast import PASSWORD, Visit, browser_of, group_of, staff
from tests.cast import THEA as THEA_PERSON
from tests.groups.world import World, membership_in
from tests.trail import recorded

NEW = "rosa@example.org"
ANSWERS = {"true_name": "Rosa Lind", "alias": "Rosa", "pronouns": "", "password": PASSWORD}


def invitation_to(address: str, group: Group, by: Visit) -> IssuedInvitation:
    with by.acting():
        return invite(
            program=group.program,
            address=address,
            role=Role.PARTICIPANT,
            invited_by=by.user,
            group=group,
            seat_role=SeatRole.MEMBER,
        )


def accept(token: str, *, alias: str) -> Accepted:
    return accept_invitation(token=token, true_name="Rosa Lind", alias=alias, password=PASSWORD)


def token_of(issued: IssuedInvitation) -> str:
    return issued.link.rstrip("/").rpartition("/")[2]


def path_of(issued: IssuedInvitation) -> str:
    return f"/invitation/{token_of(issued)}/"


@pytest.fixture
def issued(world: World) -> IssuedInvitation:
    return invitation_to(NEW, world.circle, world.thea)


def test_the_token_is_stored_as_its_hash_only(issued: IssuedInvitation) -> None:
    token = token_of(issued)
    assert len(token) >= 43
    stored = Invitation.objects.get(pk=issued.invitation.pk)
    assert bytes(stored.token_hash) == digest_of(token)
    assert token not in repr(issued)
    assert token not in str(recorded("invite.sent"))


def test_opening_the_link_changes_nothing(issued: IssuedInvitation) -> None:
    for _ in range(3):
        page = Client().get(path_of(issued))
        assert page.status_code == 200
    assert Invitation.objects.get(pk=issued.invitation.pk).used_at is None
    assert len(recorded("invite.link_opened")) == 3


def test_a_new_person_comes_in_and_is_led_to_a_second_factor(
    world: World, issued: IssuedInvitation
) -> None:
    client = Client()
    answer = client.post(path_of(issued), ANSWERS)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/factor/new/")
    rosa = User.objects.get_by_email(NEW)
    assert rosa.role == Role.PARTICIPANT
    assert rosa.check_password(PASSWORD)
    assert rosa.profile.true_name == "Rosa Lind"
    membership = Membership.objects.get(user=rosa)
    assert (membership.group, membership.state, membership.alias) == (
        world.circle,
        "enrolled",
        "Rosa",
    )
    assert client.get(f"/groups/{world.circle.pk}/").status_code == 302, "no factor yet"


def test_the_second_use_is_refused(issued: IssuedInvitation) -> None:
    assert Client().post(path_of(issued), ANSWERS).status_code == 302
    again = Client().post(path_of(issued), {**ANSWERS, "true_name": "Somebody Else"})
    assert again.status_code == 410
    assert User.objects.get_by_email(NEW).profile.true_name == "Rosa Lind"


def test_ended_invitations_look_like_unknown_ones(world: World, issued: IssuedInvitation) -> None:
    """Used, expired, withdrawn and never made: the same page, which shows no address."""
    used = path_of(issued)
    Client().post(used, ANSWERS)
    withdrawn = invitation_to("pia@example.org", world.circle, world.thea)
    with world.thea.acting():
        withdraw_invitation(invitation=withdrawn.invitation)
    expired = invitation_to("udo@example.org", world.circle, world.thea)
    bodies = {Client().get(path).content for path in (used, path_of(withdrawn))}
    bodies.add(Client().get("/invitation/never-made/").content)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        bodies.add(Client().get(path_of(expired)).content)
    assert len(bodies) == 1
    page = bodies.pop().decode()
    assert "This invitation has ended" in page
    assert "@" not in page


def test_the_last_second_of_an_invitation_still_counts(issued: IssuedInvitation) -> None:
    expires_at = issued.invitation.expires_at
    with time_machine.travel(expires_at, tick=False):
        assert Client().post(path_of(issued), ANSWERS).status_code == 410
    with time_machine.travel(expires_at - timedelta(seconds=1), tick=False):
        assert Client().post(path_of(issued), ANSWERS).status_code == 302


def test_a_link_opened_by_another_account_is_the_404_of_an_unknown_one(
    world: World, issued: IssuedInvitation
) -> None:
    client = browser_of(world.cleo)
    answers = [client.get(path_of(issued)), client.get("/invitation/never-made/")]
    answers += [client.post(path_of(issued), ANSWERS), client.get("/no-such-page/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    entries = recorded("invite.link_used_by_other")
    assert [entry["subject"] for entry in entries] == [f"user:{world.cleo.user.pk}"] * 2
    assert entries[0]["outcome"] == "denied"
    assert Client().post(path_of(issued), ANSWERS).status_code == 302, "it was not used up"


def test_an_account_of_that_address_joins_after_signing_in(world: World) -> None:
    issued = invitation_to(world.cleo.user.email.upper(), world.circle, world.thea)
    stranger: Any = Client().get(path_of(issued))
    assert stranger.templates[0].name == "groups/invitation_sign_in.html"
    client = browser_of(world.cleo)
    assert client.get(path_of(issued)).status_code == 200
    answer = client.post(path_of(issued), {"alias": "Cleo", "pronouns": "she/her"})
    assert answer["Location"] == f"/groups/{world.circle.pk}/"
    assert membership_in(world.circle, world.cleo).pronouns == "she/her"


def test_without_signing_in_an_existing_account_cannot_be_taken_over(world: World) -> None:
    issued = invitation_to(world.cleo.user.email, world.circle, world.thea)
    Client().post(path_of(issued), {**ANSWERS, "password": "another quiet sentence"})
    assert User.objects.get(pk=world.cleo.user.pk).check_password(PASSWORD)
    assert Invitation.objects.get(pk=issued.invitation.pk).used_at is None


def test_a_role_is_not_changed_by_an_invitation(world: World) -> None:
    with world.ada.acting():
        issued = invite(
            program=world.circle.program,
            address=world.cleo.user.email,
            role=Role.ADMIN,
            invited_by=world.ada.user,
        )
    client = browser_of(world.cleo)
    assert client.get(path_of(issued)).status_code == 409
    assert client.post(path_of(issued), {}).status_code == 409
    assert User.objects.get(pk=world.cleo.user.pk).role == Role.PARTICIPANT


def test_somebody_of_another_programme_is_not_drawn_in(world: World) -> None:
    elsewhere = Program.objects.create(name="Elsewhere")
    Affiliation.objects.filter(user=world.cleo.user).update(program=elsewhere)
    issued = invitation_to(world.cleo.user.email, world.circle, world.thea)
    answer = browser_of(world.cleo).post(path_of(issued), {"alias": "Cleo", "pronouns": ""})
    assert answer.status_code == 409
    assert not Membership.objects.filter(group=world.circle, user=world.cleo.user).exists()


def test_a_removed_person_does_not_come_back_by_invitation(world: World) -> None:
    with world.thea.acting():
        remove_membership(membership=membership_in(world.circle, world.ben), reason="safety")
    issued = invitation_to(world.ben.user.email, world.circle, world.thea)
    answer = browser_of(world.ben).post(path_of(issued), {"alias": "Benny", "pronouns": ""})
    assert answer.status_code == 410
    assert membership_in(world.circle, world.ben).state == "removed"


def test_a_member_who_is_invited_again_is_led_to_the_group(world: World) -> None:
    issued = invitation_to(world.ana.user.email, world.circle, world.thea)
    answer = browser_of(world.ana).post(path_of(issued), {"alias": "Anita", "pronouns": ""})
    assert answer["Location"] == f"/groups/{world.circle.pk}/"
    assert membership_in(world.circle, world.ana).alias == "Ana"


def test_a_refused_alias_gives_the_invitation_back(world: World, issued: IssuedInvitation) -> None:
    page: Any = Client().post(path_of(issued), {**ANSWERS, "alias": "Rosa Lind"})
    assert page.status_code == 200
    assert "family name" in page.content.decode()
    assert not User.objects.filter(email_index=email_digest(NEW)).exists()
    assert Client().post(path_of(issued), ANSWERS).status_code == 302


@pytest.mark.parametrize("alias", ["Ana", "ANA", "á n a", "Ben"])
def test_an_alias_in_use_or_ever_used_is_refused(
    world: World, issued: IssuedInvitation, alias: str
) -> None:
    with world.thea.acting():
        remove_membership(membership=membership_in(world.circle, world.ben), reason="safety")
    with acting_as_system("tests"), pytest.raises(AliasRefused):
        accept(token_of(issued), alias=alias)


def test_the_same_alias_may_be_used_in_another_group(world: World) -> None:
    issued = invitation_to(NEW, world.other, world.tom)
    with acting_as_system("tests"):
        accepted = accept(token_of(issued), alias="Ana")
    assert accepted.membership is not None


def test_a_newer_invitation_ends_the_older_one(world: World, issued: IssuedInvitation) -> None:
    newer = invitation_to(NEW, world.circle, world.thea)
    assert Client().post(path_of(issued), ANSWERS).status_code == 410
    assert Client().post(path_of(newer), ANSWERS).status_code == 302


def test_places_are_counted_with_open_invitations(world: World) -> None:
    Group.objects.filter(pk=world.circle.pk).update(capacity=4)
    world.circle.refresh_from_db()
    invitation_to(NEW, world.circle, world.thea)
    with pytest.raises(GroupFull):
        invitation_to("udo@example.org", world.circle, world.thea)


def test_the_mail_is_neutral(world: World, issued: IssuedInvitation) -> None:
    mail = OutgoingMail.objects.latest("created_at")
    assert mail.recipient == NEW
    assert issued.link in mail.body
    for text in (mail.subject, mail.body, mail.sender):
        for word in (world.circle.name, "Thea", "Marsh", "therap", "group", world.circle.pk.hex):
            assert word.lower() not in text.lower()


def test_inviting_says_nothing_about_accounts(world: World) -> None:
    """A therapist cannot find out who has an account: page, mails and log are alike."""
    client, path = browser_of(world.thea), f"/groups/{world.circle.pk}/invite/"
    seen = set()
    for address in (world.cleo.user.email, "nobody@example.org"):
        OutgoingMail.objects.all().delete()
        answer = client.post(path, {"address": address}, follow=True)
        page = answer.content.decode().replace(address, "ADDRESS")
        rows = page.count("ADDRESS")
        (mail,) = OutgoingMail.objects.all()
        body = [line for line in mail.body.splitlines() if "/invitation/" not in line]
        seen.add((answer.status_code, rows, mail.subject, tuple(body)))
        with world.thea.acting():
            withdraw_invitation(invitation=Invitation.objects.latest("created_at"))
    assert len(seen) == 1


def test_inviting_is_slowed_down(world: World) -> None:
    client, path = browser_of(world.ada), "/people/invite/"
    answers = {"role": "therapist"}
    for _ in range(INVITATIONS.burst):
        limits.require(INVITATIONS, world.ada.user.pk)
    page = client.post(path, {**answers, "address": "more@example.org"})
    assert "seconds" in page.content.decode()
    assert not Invitation.objects.filter(
        address_index=blind_index.digest("groups.invitation.address", "more@example.org")
    ).exists()
    answer = browser_of(world.thea).post(
        f"/groups/{world.circle.pk}/invite/", {"address": "more@example.org"}
    )
    assert answer.status_code == 302, "others are not slowed"


def test_withdrawing_twice_is_refused(world: World, issued: IssuedInvitation) -> None:
    with world.thea.acting():
        withdraw_invitation(invitation=issued.invitation)
        with pytest.raises(InvitationEnded):
            withdraw_invitation(invitation=issued.invitation)


def test_the_first_admin_is_invited_from_the_command_line(
    committed_db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("invite_admin", "ada@example.org")
    link = capsys.readouterr().out.strip()
    assert link.startswith(f"{settings.PUBLIC_URL}/invitation/")
    path = link.removeprefix(settings.PUBLIC_URL)
    client = Client()
    assert client.get(path).status_code == 200
    answer = client.post(path, {"true_name": "Ada Novak", "password": PASSWORD})
    assert answer.status_code == 302
    ada = User.objects.get_by_email("ada@example.org")
    assert ada.role == Role.ADMIN
    assert ada.affiliation.program == Program.objects.get()


def test_the_command_refuses_what_is_no_address(committed_db: str) -> None:
    with pytest.raises(CommandError):
        call_command("invite_admin", "ada")
    assert not Program.objects.exists()


@pytest.fixture
def committed_issued(committed_db: str) -> IssuedInvitation:
    thea = staff(THEA_PERSON)
    return invitation_to(NEW, group_of(thea), thea)


def test_of_many_at_once_exactly_one_uses_the_invitation(
    committed_issued: IssuedInvitation,
) -> None:
    token = token_of(committed_issued)

    def try_once(number: int) -> str:
        try:
            with acting_as_system("tests"):
                accept(token, alias=f"Rosa {number}")
            return "accepted"
        except InvitationEnded:
            return "ended"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(try_once, range(4)))
    assert outcomes == ["accepted", "ended", "ended", "ended"]
    assert Membership.objects.filter(user__email_index=email_digest(NEW)).count() == 1


def test_no_template_of_ours_names_a_group_in_a_mail() -> None:
    for template in Path("templates").rglob("mail/*.txt"):
        assert "group" not in template.read_text().lower()
