"""The demo's content is made through services, and says what the visitor is told."""

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from audit import verify
from audit.sequencer import Sequencer
from audit.verification import Log, stored_keys
from compliance.models import Alert, Review
from compliance.queries.reviews import waiting_uses
from config.development.cast import ANA, EVERYBODY, MALLORY, THEA
from config.development.home import Home
from config.development.past import tell_past
from config.development.seed import Seed, demo_group, keep_session_open, visitor_invitation
from config.development.walk import next_code
from consent import queries as papers
from groups.models import Membership
from groups.states import MembershipState


@pytest.fixture
def home(db: None, tmp_path: Path) -> Home:
    home = Home.open(tmp_path / "home")
    Seed(home).run()
    return home


def test_everybody_can_sign_in(home: Home) -> None:
    for person in EVERYBODY:
        user = User.objects.get_by_email(person.email)
        assert user.check_password(home.password_of(person.name))
        assert user.has_factor
        assert not user.sign_ins.filter(ended_at=None).exists()


def test_a_used_code_is_not_given_again(home: Home) -> None:
    ana = User.objects.get_by_email(ANA.email)
    code = next_code(ana)
    device = ana.totp_devices.get()
    assert code is not None
    device.last_step += 1
    device.save()
    assert next_code(ana) != code


def test_the_demo_group_is_active_and_has_signed(home: Home) -> None:
    group = demo_group()
    memberships = group.memberships.all()
    assert {membership.alias for membership in memberships} == {"Thea", "Ana", "Ben"}
    for membership in memberships:
        assert membership.state == MembershipState.ACTIVE
        assert papers.is_current(membership.user, group)


def test_mallory_belongs_nowhere(home: Home) -> None:
    mallory = User.objects.get_by_email(MALLORY.email)
    states = Membership.objects.filter(user=mallory).values_list("state", flat=True)
    assert set(states) == {MembershipState.REMOVED}


def test_a_session_is_always_open(home: Home) -> None:
    session = keep_session_open()
    assert session.is_within_window(timezone.now())
    assert keep_session_open() == session
    session.closes_at = timezone.now()
    session.save()
    assert keep_session_open() != session


def test_the_visitors_invitation_stays_until_it_is_used(home: Home) -> None:
    path = visitor_invitation(home)
    assert visitor_invitation(home) == path
    demo_group().invitations.filter(used_at=None).update(used_at=timezone.now())
    assert visitor_invitation(home) != path


def test_secrets_are_readable_by_their_owner_alone(home: Home) -> None:
    assert home.secrets_file.stat().st_mode & 0o777 == 0o600
    again = Home.open(home.folder)
    assert again.password_of(THEA.name) == home.password_of(THEA.name)


def test_the_officer_finds_a_quiet_month_and_a_few_things_to_decide(
    committed_db: str, tmp_path: Path
) -> None:
    Seed(Home.open(tmp_path / "home")).run()
    tell_past()
    assert set(Alert.objects.values_list("detector", flat=True)) == {"odd_hours", "new_device"}
    assert {review.items.count() > 0 for review in Review.objects.all()} == {True}
    assert len(waiting_uses()) == 1
    while Sequencer.from_settings().step():
        pass
    report = Log(verify.keys_of(stored_keys())).check()
    assert report.bodies == report.last > 500
