"""Acts that meet: none undoes what another has just committed, and none stops the rest."""

from django.db import connection

from sessions_app import services
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.races import AfterReading


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
