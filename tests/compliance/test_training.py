"""Training of therapists: attested, ended after a year, and barring the doors by policy."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from compliance.models import TrainingPolicy, TrainingRecord
from compliance.queries import training
from compliance.services.training import attest_training, set_training_policy
from compliance.states import TrainingMode
from compliance.training import (
    HOLDS,
    MODULES,
    TOLD_BEFORE,
    TRAINING_TRANSITIONS,
    TrainingStanding,
    training_standing,
)
from sessions_app import gates, services
from sessions_app.errors import GateIsClosed
from sessions_app.states import SeatMode
from tests.cast import ADA, Visit, browser_of, staff
from tests.sessions_app.log import acts_so_far
from tests.sessions_app.meeting import Meeting

SECOND = timedelta(seconds=1)


@pytest.fixture
def thea(meeting: Meeting) -> Client:
    return browser_of(meeting.thea)


def blocks(meeting: Meeting, mode: TrainingMode = TrainingMode.BLOCK) -> None:
    with meeting.hosting():
        set_training_policy(program=meeting.group.program, mode=mode)


def attest_all(visit: Visit) -> None:
    with visit.acting():
        for module in MODULES:
            attest_training(user=visit.user, module=module)


@pytest.mark.parametrize(
    ("left", "standing"),
    [
        (None, "missing"),
        (HOLDS, "current"),
        (TOLD_BEFORE + SECOND, "current"),
        (TOLD_BEFORE, "expiring"),
        (SECOND, "expiring"),
        (timedelta(0), "lapsed"),
    ],
)
def test_a_module_ends_to_the_second(left: timedelta | None, standing: str) -> None:
    now = timezone.now()
    assert training_standing(None if left is None else now + left, now) == standing


def test_every_standing_has_its_ways_and_two_hold() -> None:
    assert set(TRAINING_TRANSITIONS) == set(TrainingStanding)
    assert {one for one in TrainingStanding if one.holds} == {"current", "expiring"}


def test_attesting_needs_the_tick_and_keeps_the_words_of_the_day(
    thea: Client, meeting: Meeting
) -> None:
    module = MODULES[0]
    assert thea.post(f"/training/{module.key}/", {}).status_code == 200
    assert not TrainingRecord.objects.exists()
    response = thea.post(f"/training/{module.key}/", {"attested": "on", "next": "/groups/"})
    assert response["Location"] == "/training/?next=%2Fgroups%2F"
    made = TrainingRecord.objects.get()
    assert (made.user, made.module, made.statement) == (
        meeting.thea.user,
        module.key,
        module.statement,
    )
    assert made.expires_at - made.attested_at == HOLDS
    assert acts_so_far().count("training.attested") == 1


def test_what_was_attested_cannot_be_changed_or_deleted(meeting: Meeting) -> None:
    attest_all(meeting.thea)
    row = TrainingRecord.objects.first()
    assert row is not None
    longer = timezone.now() + 2 * HOLDS
    changes: tuple[Callable[[], object], ...] = (
        lambda: TrainingRecord.objects.update(expires_at=longer),
        row.delete,
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert TrainingRecord.objects.count() == len(MODULES)


@pytest.mark.parametrize(("mode", "is_open"), [("off", True), ("warn", True), ("block", False)])
def test_lapsed_training_keeps_the_doors_closed_only_where_a_programme_says_so(
    meeting: Meeting, mode: str, is_open: bool
) -> None:
    blocks(meeting, TrainingMode(mode))
    attempt = meeting.answer(meeting.thea)
    assert gates.by_name("training").is_open(attempt) is is_open
    if is_open:
        meeting.open_doors()
        return
    with meeting.hosting(), pytest.raises(GateIsClosed), transaction.atomic():
        services.open_doors(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)
    closed = gates.first_closed(attempt)
    assert closed is not None
    assert closed.url(attempt) == f"/training/?next=%2Fsession%2F{meeting.session.pk}%2F"
    attest_all(meeting.thea)
    meeting.open_doors()


def test_a_year_later_the_doors_are_closed_again_and_members_never_notice(
    meeting: Meeting,
) -> None:
    blocks(meeting)
    attest_all(meeting.thea)
    for days, is_open in [(364, True), (366, False)]:
        at = timezone.now() + timedelta(days=days)
        assert gates.by_name("training").is_open(meeting.attempt(meeting.thea, at=at)) is is_open
        assert gates.by_name("training").is_open(meeting.attempt(meeting.ana, at=at))


def test_whoever_sits_stays_when_the_training_lapses_meanwhile(meeting: Meeting) -> None:
    own = meeting.open_doors()
    blocks(meeting)
    attempt = meeting.attempt(meeting.thea)
    assert not gates.by_name("training").is_open(attempt)
    with meeting.hosting():
        resumed = services.resume_place(attempt=attempt, admission=own, connection=uuid4())
    assert resumed.is_seated


def test_a_therapist_is_warned_on_today_and_on_the_way_in_until_it_is_done(
    thea: Client, meeting: Meeting
) -> None:
    way_in = f"/session/{meeting.session.pk}/"
    thea.get(way_in)
    for page in ("/", f"{way_in}reminder/"):
        assert b"of your training are missing" in thea.get(page).content
    assert b"of your training" not in browser_of(meeting.ana).get("/").content
    attest_all(meeting.thea)
    assert b"of your training" not in thea.get("/").content


def test_the_month_before_the_end_is_told_and_still_holds(thea: Client, meeting: Meeting) -> None:
    attest_all(meeting.thea)
    with time_machine.travel(timezone.now() + HOLDS - timedelta(days=10), tick=True):
        assert not training.lacking(meeting.thea.user)
        assert {one.standing for one in training.training_of(meeting.thea.user)} == {"expiring"}


def test_an_admin_sees_whose_training_holds_and_says_what_lapsing_means(meeting: Meeting) -> None:
    admin = browser_of(staff(ADA))
    page = admin.get("/programme/training/").content.decode()
    assert meeting.thea.person.true_name in page
    assert page.count("Missing") == len(MODULES)
    assert meeting.ana.person.true_name not in page
    assert admin.post("/programme/training/", {"mode": "block"}).status_code == 302
    assert TrainingPolicy.objects.get().mode == "block"
    assert admin.post("/programme/training/", {"mode": "nonsense"}).status_code == 200
    assert TrainingPolicy.objects.get().mode == "block"
    assert acts_so_far().count("training.policy_changed") == 1


def test_a_module_that_does_not_exist_is_a_page_that_does_not_exist(thea: Client) -> None:
    assert thea.get("/training/room/").status_code == 200
    assert thea.get("/training/nothing/").status_code == 404
