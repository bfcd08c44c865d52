"""Acts that meet: none undoes what another has just committed, and none stops the rest."""

from uuid import UUID, uuid4

import pytest
from django.db import connection

from groups.states import SeatRole
from sessions_app import services
from sessions_app.errors import OnAnotherDevice
from sessions_app.models import Admission
from sessions_app.states import SeatMode
from tests.cast import TOM
from tests.sessions_app.meeting import Meeting, one_more, second_device
from tests.sessions_app.races import AfterReading, at_one_moment


def test_who_steps_away_while_all_are_muted_stays_away(committed_meeting: Meeting) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    ana = meeting.admit(meeting.wait(meeting.ana))

    def step_away() -> None:
        with meeting.ana.acting():
            services.set_presence(admission=ana, mic=True, camera=True, private=True, away=True)

    stepping_away = AfterReading('JOIN "sessions_app_seat"', step_away)
    with connection.execute_wrapper(stepping_away), meeting.hosting():
        services.mute_all(session=meeting.session, by=meeting.thea.user)
    assert stepping_away.is_done
    ana.seat.refresh_from_db()
    assert ana.seat.away
    assert not ana.seat.may_send_mic


@pytest.mark.parametrize("role", [SeatRole.MEMBER, SeatRole.COHOST])
def test_two_tabs_at_once_share_one_place(committed_meeting: Meeting, role: SeatRole) -> None:
    meeting = committed_meeting
    meeting.open_doors()
    tom = one_more(meeting, TOM, role)
    attempt = meeting.answer(tom)

    def open_tab() -> UUID:
        with tom.acting():
            own = services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO)
        assert own is not None
        return own.pk

    first, second = at_one_moment(meeting.session, open_tab, open_tab)
    assert first == second
    assert Admission.objects.get(user=tom.user).is_live


def test_a_host_who_waits_elsewhere_opens_no_doors_here(meeting: Meeting) -> None:
    """They came as a member, and became a co-host while they waited."""
    meeting.wait(meeting.ana)
    meeting.ana.user.memberships.update(role=SeatRole.COHOST)
    other = second_device(meeting.ana)
    with other.acting(), pytest.raises(OnAnotherDevice):
        services.open_doors(attempt=meeting.attempt(other), connection=uuid4(), mode=SeatMode.VIDEO)
    assert not meeting.now().doors_are_open
