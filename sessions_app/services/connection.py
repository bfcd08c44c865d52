"""What happens to sockets and transports: they join, fall silent, and are swept up."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.services import act, record
from sessions_app import notify
from sessions_app.errors import NoSuchAdmission, SessionRefused
from sessions_app.events import MediaJoined, MediaLost, TransportTicketIssued
from sessions_app.models import Admission
from sessions_app.permits import transport_ticket
from sessions_app.services.about import about_admission
from sessions_app.services.absence import note_hosts_if_changed
from sessions_app.services.arriving import leave
from sessions_app.services.rows import locked_admission, locked_session
from sessions_app.states import LIVE, AdmissionState, words

# A dropped socket keeps its place this long; then the person arrives anew.
GRACE = timedelta(seconds=60)
# A process that died cannot say so: its heartbeats stop.
HEARTBEAT_STOPPED = timedelta(seconds=90)


@act(TransportTicketIssued)
def issue_transport_ticket(*, admission: Admission, connection: UUID) -> str:
    """Only for the open socket of a live admission."""
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    if not admission.is_live or admission.connection != connection:
        raise NoSuchAdmission("not_this_connection")
    record(TransportTicketIssued(**about_admission(admission)))
    return transport_ticket(person=admission.user_id, session=session.pk, connection=connection)


@act(MediaJoined)
def mark_connected(*, admission: Admission, connection: UUID) -> None:
    """The relay has mapped this seat."""
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    if admission.connection != connection:
        raise NoSuchAdmission("not_this_connection")
    now = timezone.now()
    admission.become(AdmissionState.CONNECTED, now=now)
    admission.connected_at = admission.connected_at or now
    admission.save(update_fields=["state", "connected_at"])
    note_hosts_if_changed(session)
    notify.session_changed(session.pk)
    record(MediaJoined(**about_admission(admission)))


@act(MediaLost)
def lose_connection(*, admission: Admission, connection: UUID) -> None:
    """The socket is gone; the place is kept for a minute."""
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    if not admission.is_live or admission.connection != connection:
        raise NoSuchAdmission("not_this_connection")
    now = timezone.now()
    admission.connection = None
    admission.heartbeat_at = now
    if admission.state in (AdmissionState.ADMITTED, AdmissionState.CONNECTED):
        admission.become(AdmissionState.RECONNECTING, now=now)
    admission.save(update_fields=["state", "connection", "heartbeat_at"])
    note_hosts_if_changed(session)
    notify.session_changed(session.pk)
    record(MediaLost(**about_admission(admission), reason="socket"))


@act(MediaLost)
def lose_media(*, admission: Admission, connection: UUID) -> None:
    """The transport is gone while the socket is still open: the tile says so to the others."""
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    if admission.connection != connection:
        raise NoSuchAdmission("not_this_connection")
    admission.become(AdmissionState.RECONNECTING, now=timezone.now())
    admission.save(update_fields=["state"])
    notify.session_changed(session.pk)
    record(MediaLost(**about_admission(admission), reason="transport"))


def keep_alive(*, admission_id: UUID, connection: UUID) -> bool:
    """A heartbeat, no act: says whether this connection is still the one that counts."""
    rows = Admission.objects.filter(pk=admission_id, connection=connection, state__in=words(LIVE))
    return rows.update(heartbeat_at=timezone.now()) == 1


def sweep_lost() -> int:
    """Ends the places of those who did not come back; says how many."""
    ended = 0
    for admission in _lost():
        with suppress(SessionRefused):
            _end_lost(admission)
            ended += 1
    return ended


@transaction.atomic
def _end_lost(admission: Admission) -> None:
    """MUST NOT end the place of somebody who has come back since the sweep looked."""
    locked_session(admission.session_id)
    if not _lost().select_for_update(of=("self",)).filter(pk=admission.pk):
        raise NoSuchAdmission("not_lost")
    leave(admission=admission, reason="connection_lost")


def _lost() -> QuerySet[Admission]:
    now = timezone.now()
    overdue = Q(connection=None, heartbeat_at__lt=now - GRACE)
    silent = Q(heartbeat_at__lt=now - HEARTBEAT_STOPPED)
    return Admission.objects.filter(overdue | silent, state__in=words(LIVE))
