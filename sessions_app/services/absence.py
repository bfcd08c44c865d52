"""No host connected: nobody new is let in at once, and after five minutes all wait again.

No member ever becomes host. A host who comes back finds the session as it was.
"""

from datetime import timedelta

from django.utils import timezone

from audit.services import act, record
from groups import queries as groups
from sessions_app import notify, queries, relay
from sessions_app.events import EverybodyReturned, HostsAbsent, HostsBack
from sessions_app.models import Admission, Session
from sessions_app.models.seating import NOT_ADDED
from sessions_app.services.about import about_session
from sessions_app.services.rows import free_seat, locked_session
from sessions_app.states import AdmissionState

HOSTS_MAY_BE_AWAY = timedelta(minutes=5)


def note_hosts_if_changed(session: Session) -> None:
    """For services that hold the session's lock: an act of its own, when absence begins or ends."""
    if not session.doors_are_open:
        return
    present = queries.connected_hosts(session).exists()
    if present == (session.host_absent_since is not None):
        note_hosts(session=session, present=present)


@act(HostsAbsent, HostsBack)
def note_hosts(*, session: Session, present: bool) -> None:
    session.host_absent_since = None if present else timezone.now()
    session.save(update_fields=["host_absent_since"])
    notify.session_changed(session.pk)
    kind = HostsBack if present else HostsAbsent
    record(kind(**about_session(session)))


def hosts_were_away_too_long(session: Session) -> bool:
    since = session.host_absent_since
    return since is not None and timezone.now() - since >= HOSTS_MAY_BE_AWAY


@act(EverybodyReturned)
def return_everybody(*, session: Session) -> int:
    """Everybody who sits goes back to the waiting room; says how many.

    Hosts do not wait: their seat ends, and they sit down again when they come back.
    """
    session = locked_session(session.pk)
    seated = list(queries.seated(session)) if hosts_were_away_too_long(session) else []
    hosts = set(groups.hosts_of(session.group).values_list("user_id", flat=True))
    for admission in seated:
        if admission.connection is None or admission.user_id in hosts:
            end_place(admission, reason="hosts_absent")
        else:
            wait_again(admission, reason="hosts_absent")
    notify.session_changed(session.pk)
    record(EverybodyReturned(**about_session(session), people=len(seated)))
    return len(seated)


def end_place(admission: Admission, *, reason: str) -> None:
    """The person is gone, or nobody is left to gather: coming back is a new admission."""
    now = timezone.now()
    admission.become(AdmissionState.LEFT, now=now)
    gone, admission.connection = admission.connection, None
    admission.reason = reason
    admission.save(update_fields=["state", "ended_at", "connection", "reason"])
    free_seat(admission, now=now)
    relay.unseat_on_commit(gone, close=True)


def wait_again(admission: Admission, *, reason: str) -> Admission:
    """The old admission ends for good; a new one waits, with the same answers and transport."""
    now = timezone.now()
    admission.become(AdmissionState.RETURNED_TO_WAITING, now=now)
    connection, admission.connection = admission.connection, None
    admission.reason = reason
    admission.save(update_fields=["state", "ended_at", "connection", "reason"])
    free_seat(admission, now=now)
    relay.unseat_on_commit(connection)
    return Admission.objects.create(
        session=admission.session,
        user=admission.user,
        prejoin=admission.prejoin,
        sign_in=admission.sign_in,
        connection=connection,
        heartbeat_at=now,
        waiting_since=now,
        reason=reason if reason == NOT_ADDED else "",
    )
