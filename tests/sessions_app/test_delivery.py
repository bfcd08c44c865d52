"""The delivery service alone: order, roles, limits, and that nothing of it stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from sessions_app import queries, services
from sessions_app.errors import CommitRefused, KeysRefused, NoSuchAdmission, NotAHost
from sessions_app.models import (
    Admission,
    KeyCommit,
    KeyGroup,
    KeyMember,
    KeyPackage,
)
from sessions_app.services import keys as delivery
from tests.sessions_app.keys import COMMIT, WELCOME, commit, found, let_in, require_end_to_end
from tests.sessions_app.log import acts_so_far
from tests.sessions_app.meeting import Meeting, by_itself


def test_a_host_founds_a_group_and_adds_whom_they_let_in(meeting: Meeting) -> None:
    thea = meeting.open_doors()
    group = found(meeting)
    ana = let_in(meeting, meeting.ana)
    assert commit(meeting.thea, thea, group, 0, added=[ana]).epoch == 1
    leaf = queries.leaf_of(group, ana.pk)
    assert leaf is not None
    assert (leaf.joined_epoch, bytes(leaf.welcome or b"")) == (1, WELCOME)
    assert acts_so_far()[-1] == "key.epoch"


def test_the_first_commit_of_an_epoch_wins(meeting: Meeting) -> None:
    thea = meeting.open_doors()
    group = found(meeting)
    commit(meeting.thea, thea, group, 0)
    with pytest.raises(CommitRefused) as refused:
        commit(meeting.thea, thea, group, 0, data=b"late")
    assert refused.value.group is not None
    assert refused.value.group.epoch == 1
    assert [bytes(one.commit) for one in KeyCommit.objects.all()] == [COMMIT]
    assert commit(meeting.thea, thea, group, 1).epoch == 2


def test_of_commits_at_the_same_moment_one_wins(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    thea = meeting.open_doors()
    group = found(meeting)
    racers = 4
    start = Barrier(racers)

    def race(number: int) -> bool:
        start.wait(5)
        try:
            commit(meeting.thea, thea, group, 0, data=str(number).encode())
        except CommitRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(racers) as threads:
        won = list(threads.map(race, range(racers)))
    assert won.count(True) == 1
    kept = KeyCommit.objects.get(group=group)
    assert bytes(kept.commit) == str(won.index(True)).encode()


def test_a_second_founder_is_told_of_the_first(meeting: Meeting) -> None:
    meeting.open_doors()
    group = found(meeting)
    with pytest.raises(CommitRefused) as refused:
        found(meeting)
    assert refused.value.group == group


def test_a_new_group_ends_the_former_and_forgets_its_bytes(meeting: Meeting) -> None:
    thea = meeting.open_doors()
    former = found(meeting)
    ana = let_in(meeting, meeting.ana)
    commit(meeting.thea, thea, former, 0, added=[ana])
    group = found(meeting, instead_of=former.pk)
    assert queries.current_group(meeting.session.pk) == group
    assert not former.commits.exists()
    assert not former.members.filter(welcome__isnull=False).exists()
    with pytest.raises(CommitRefused):
        commit(meeting.thea, thea, former, 1)


@pytest.mark.parametrize("act", ["add", "remove"])
def test_a_member_neither_adds_nor_removes(meeting: Meeting, act: str) -> None:
    thea, group, ana = with_ana(meeting)
    ben = let_in(meeting, meeting.ben)
    added, removed = ([ben], []) if act == "add" else ([], [thea])
    with pytest.raises(NotAHost):
        commit(meeting.ana, ana, group, 1, added=added, removed=removed)
    assert commit(meeting.thea, thea, group, 1, added=[ben]).epoch == 2


def test_a_member_may_renew_their_own_key(meeting: Meeting) -> None:
    _, group, ana = with_ana(meeting)
    assert commit(meeting.ana, ana, group, 1).epoch == 2


def test_somebody_without_a_key_commits_nothing(meeting: Meeting) -> None:
    _, group, _ = with_ana(meeting)
    ben = let_in(meeting, meeting.ben)
    with pytest.raises(CommitRefused):
        commit(meeting.ben, ben, group, 1)


def test_nobody_is_added_whom_no_host_has_let_in(meeting: Meeting) -> None:
    thea, group, _ = with_ana(meeting)
    ben = meeting.wait(meeting.ben)
    services.offer_key_package(admission=ben, package=b"package")
    with pytest.raises(CommitRefused):
        commit(meeting.thea, thea, group, 1, added=[ben])
    assert queries.current_group(meeting.session.pk) == group
    assert KeyGroup.objects.get(pk=group.pk).epoch == 1
    meeting.admit(ben)
    assert commit(meeting.thea, thea, group, 1, added=[ben]).epoch == 2


def test_a_key_package_is_used_once(meeting: Meeting) -> None:
    thea, group, ana = with_ana(meeting)
    commit(meeting.thea, thea, group, 1, removed=[ana])
    with pytest.raises(CommitRefused):
        commit(meeting.thea, thea, group, 2, added=[ana])
    services.offer_key_package(admission=ana, package=b"a fresh one")
    commit(meeting.thea, thea, group, 2, added=[ana])
    leaf = queries.leaf_of(group, ana.pk)
    assert leaf is not None
    assert leaf.joined_epoch == 3


def test_a_lost_state_is_one_commit(meeting: Meeting) -> None:
    thea, group, ana = with_ana(meeting)
    services.offer_key_package(admission=ana, package=b"after a loss")
    commit(meeting.thea, thea, group, 1, removed=[ana], added=[ana])
    assert KeyMember.objects.filter(group=group, admission=ana).count() == 2
    leaf = queries.leaf_of(group, ana.pk)
    assert leaf is not None
    assert leaf.joined_epoch == 2


def test_uploads_are_limited(meeting: Meeting) -> None:
    waiting = meeting.wait(meeting.ana)
    for _ in range(delivery.MAX_UPLOADS):
        services.offer_key_package(admission=waiting, package=b"package")
    with pytest.raises(KeysRefused):
        services.offer_key_package(admission=waiting, package=b"package")


def test_a_source_is_open_once_it_has_switched_and_the_viewer_is_ready(meeting: Meeting) -> None:
    thea, group, ana = with_ana(meeting)
    assert sources(thea) is sources(ana) is None
    ready(thea, group, 1)
    ready(ana, group, 1)
    assert (sources(thea), sources(ana)) == (frozenset(), frozenset())
    services.note_switched(admission=thea, group=group.pk, epoch=0)
    assert sources(ana) == frozenset()
    services.note_switched(admission=thea, group=group.pk, epoch=1)
    assert sources(ana) == frozenset({thea.seat.number})
    assert sources(thea) == frozenset()
    services.note_switched(admission=ana, group=group.pk, epoch=1)
    assert sources(thea) == frozenset({ana.seat.number})


def test_who_reconnects_is_ready_anew(meeting: Meeting) -> None:
    thea, group, ana = with_ana(meeting)
    for one in (thea, ana):
        ready(one, group, 1)
        services.note_switched(admission=one, group=group.pk, epoch=1)
    assert sources(ana) == frozenset({thea.seat.number})
    assert ana.connection is not None
    with meeting.ana.acting():
        services.lose_connection(admission=ana, connection=ana.connection)
    assert sources(thea) == frozenset()


@pytest.mark.parametrize("epoch", [0, 2], ids=["before joining", "not there yet"])
def test_what_cannot_be_true_is_not_believed(meeting: Meeting, epoch: int) -> None:
    _, group, ana = with_ana(meeting)
    ready(ana, group, epoch)
    assert sources(ana) is None
    ready(ana, group, 1)
    assert sources(ana) == frozenset()


def test_a_person_without_a_key_in_time_waits_again(meeting: Meeting) -> None:
    require_end_to_end(meeting)
    meeting.open_doors()
    found(meeting)
    ana = let_in(meeting, meeting.ana)
    with by_itself():
        again = services.return_without_leaf(admission=ana)
    assert again.was_not_added
    assert acts_so_far()[-1] == "admission.not_added"
    assert not meeting.admit(again).was_not_added


def test_whoever_has_a_key_stays(meeting: Meeting) -> None:
    require_end_to_end(meeting)
    _, _, ana = with_ana(meeting)
    with by_itself(), pytest.raises(NoSuchAdmission):
        services.return_without_leaf(admission=ana)


def test_nothing_of_the_keys_outlives_the_session(meeting: Meeting) -> None:
    with_ana(meeting)
    kinds = (KeyGroup, KeyMember, KeyCommit, KeyPackage)
    assert all(kind.objects.exists() for kind in kinds)
    with meeting.hosting():
        services.end_session(session=meeting.session, by=meeting.thea.user)
    assert not any(kind.objects.exists() for kind in kinds)


def with_ana(meeting: Meeting) -> tuple[Admission, KeyGroup, Admission]:
    """Thea's group at epoch 1, with Ana in it."""
    thea = meeting.open_doors()
    group = found(meeting)
    ana = let_in(meeting, meeting.ana)
    return thea, commit(meeting.thea, thea, group, 0, added=[ana]), ana


def ready(admission: Admission, group: KeyGroup, epoch: int, *, switched: bool = False) -> None:
    assert admission.connection is not None
    services.note_ready(
        admission=admission,
        connection=admission.connection,
        group=group.pk,
        epoch=epoch,
        switched=switched,
    )


def sources(admission: Admission) -> frozenset[int] | None:
    admission = Admission.objects.get(pk=admission.pk)
    keys = queries.key_state(admission.session_id)
    return keys.sources_of(admission) if keys else None
