"""The gates: in one order, each with its own next step, and asked again at every later step."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from groups.models import Membership
from groups.services import set_passphrase, suspend_membership
from sessions_app import gates, services
from sessions_app.errors import GateIsClosed
from sessions_app.models import PreJoin, Session
from sessions_app.states import OverrideReason, VoidReason
from tests.cast import Visit
from tests.sessions_app.meeting import PASSPHRASE, PRIVATE, Meeting


def first_closed(meeting: Meeting, visit: Visit) -> str:
    closed = gates.first_closed(meeting.attempt(visit))
    return closed.name if closed else ""


def test_a_member_passes_the_gates_one_after_the_other(meeting: Meeting) -> None:
    ana = meeting.ana
    seen = [first_closed(meeting, ana)]
    with ana.acting():
        prejoin = services.begin_attempt(user=ana.user, session=meeting.session)
        services.acknowledge_reminder(prejoin=prejoin)
        seen.append(first_closed(meeting, ana))
        services.attest_environment(prejoin=prejoin, answers=PRIVATE)
        seen.append(first_closed(meeting, ana))
        services.confirm_location(prejoin=prejoin, location="12 Elm Street", call_back="555")
        seen.append(first_closed(meeting, ana))
        assert services.give_passphrase(prejoin=prejoin, candidate=PASSPHRASE)
        seen.append(first_closed(meeting, ana))
    assert seen == ["reminder", "environment", "location", "passphrase", ""]


def test_hosts_pass_reminder_environment_and_papers_but_not_location_and_passphrase(
    meeting: Meeting,
) -> None:
    thea = meeting.thea
    assert first_closed(meeting, thea) == "reminder"
    with thea.acting():
        prejoin = services.begin_attempt(user=thea.user, session=meeting.session)
        services.acknowledge_reminder(prejoin=prejoin)
        assert first_closed(meeting, thea) == "environment"
        services.attest_environment(prejoin=prejoin, answers=PRIVATE)
    assert first_closed(meeting, thea) == ""


def test_every_gate_has_a_next_step_and_a_page(meeting: Meeting) -> None:
    attempt = meeting.attempt(meeting.ana)
    for gate in gates.GATES:
        assert gate.title
        assert gate.next_step
        assert gate.url(attempt).startswith("/")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (lambda session: session.opens_at - timedelta(seconds=1), False),
        (lambda session: session.opens_at, True),
        (lambda session: session.ends_at - timedelta(seconds=1), True),
        (lambda session: session.ends_at, False),
    ],
)
def test_the_window_is_exact_to_the_second(
    meeting: Meeting, moment: Callable[[Session], datetime], is_open: bool
) -> None:
    attempt = meeting.attempt(meeting.ana, at=moment(meeting.session))
    assert gates.by_name("window").is_open(attempt) is is_open


def test_withdrawn_consent_closes_the_next_gate(meeting: Meeting) -> None:
    from consent.models import Signature
    from consent.services import withdraw_signature

    meeting.answer(meeting.ana)
    assert first_closed(meeting, meeting.ana) == ""
    with meeting.ana.acting():
        withdraw_signature(signature=Signature.objects.get(user=meeting.ana.user))
    assert first_closed(meeting, meeting.ana) == "papers"


def test_a_suspended_membership_closes_its_gate(meeting: Meeting) -> None:
    meeting.answer(meeting.ana)
    membership = Membership.objects.get(user=meeting.ana.user)
    with meeting.hosting():
        suspend_membership(membership=membership, reason="pause")
    assert first_closed(meeting, meeting.ana) == "membership"


def test_a_locked_sign_in_closes_the_first_gate(meeting: Meeting) -> None:
    meeting.answer(meeting.ana)
    meeting.ana.sign_in.locked_at = timezone.now()
    meeting.ana.sign_in.save()
    assert first_closed(meeting, meeting.ana) == "factors"


def test_a_new_agreement_voids_the_answers_and_asks_for_a_signature(meeting: Meeting) -> None:
    meeting.answer(meeting.ana)
    meeting.publish_new_agreement()
    assert first_closed(meeting, meeting.ana) == "papers"
    meeting.ana.sign(meeting.group)
    assert first_closed(meeting, meeting.ana) == "reminder"
    with meeting.ana.acting():
        services.begin_attempt(user=meeting.ana.user, session=meeting.session)
    voided = PreJoin.objects.get(user=meeting.ana.user, voided_at__isnull=False)
    assert voided.void_reason == VoidReason.DOCUMENT_CHANGED


def test_a_new_passphrase_voids_the_answers(meeting: Meeting) -> None:
    meeting.answer(meeting.ana)
    with meeting.hosting():
        set_passphrase(group=meeting.group, passphrase="another-quiet-sentence-here")
    assert first_closed(meeting, meeting.ana) == "reminder"
    with meeting.ana.acting():
        services.begin_attempt(user=meeting.ana.user, session=meeting.session)
    voided = PreJoin.objects.get(user=meeting.ana.user, voided_at__isnull=False)
    assert voided.void_reason == VoidReason.PASSPHRASE_ROTATED


def test_only_the_location_can_be_overridden_and_only_by_a_seated_host(meeting: Meeting) -> None:
    ana = meeting.ana
    with ana.acting():
        prejoin = services.begin_attempt(user=ana.user, session=meeting.session)
        services.acknowledge_reminder(prejoin=prejoin)
        services.attest_environment(prejoin=prejoin, answers=PRIVATE)
    assert first_closed(meeting, ana) == "location"
    meeting.open_doors()
    with meeting.hosting():
        services.override_location(
            session=meeting.session,
            by=meeting.thea.user,
            person=ana.user.pk,
            reason=OverrideReason.TOLD_BY_PHONE,
        )
    assert first_closed(meeting, ana) == "passphrase"


def test_no_private_space_is_an_answer_and_not_a_wall(meeting: Meeting) -> None:
    attempt = meeting.answer(meeting.ana, alone=False)
    assert gates.first_closed(attempt) is None
    assert attempt.prejoin.says_private is False


def test_the_passphrase_is_slowed_and_never_locks_the_account(meeting: Meeting) -> None:
    ana = meeting.ana
    with ana.acting():
        prejoin = services.begin_attempt(user=ana.user, session=meeting.session)
        tries = [
            services.give_passphrase(prejoin=prejoin, candidate=f"wrong {n}") for n in range(6)
        ]
        assert not any(tries)
        assert services.give_passphrase(prejoin=prejoin, candidate=PASSPHRASE) is False
    ana.user.refresh_from_db()
    assert ana.user.is_active
    assert prejoin.passphrase_failures == 5


def test_require_all_open_names_the_first_closed_gate(meeting: Meeting) -> None:
    with pytest.raises(GateIsClosed) as refused:
        gates.require_all_open(meeting.attempt(meeting.ana))
    assert refused.value.gate == "reminder"
    gates.require_all_open(meeting.answer(meeting.ana))
