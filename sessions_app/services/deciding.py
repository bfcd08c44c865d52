"""What a host decides about one person. Every decision is final for that admission."""

from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from groups import queries as groups
from groups.models import Membership
from sessions_app import gates, notify, queries, relay
from sessions_app.errors import AdmitsNobody, GateIsClosed
from sessions_app.events import (
    AllVerifiedAdmitted,
    ParticipantAdmitted,
    ParticipantDeclined,
    ParticipantRemoved,
    ParticipantReturned,
)
from sessions_app.models import Admission, Block, Session
from sessions_app.services.about import about_admission, about_session
from sessions_app.services.absence import wait_again
from sessions_app.services.rows import (
    free_seat,
    host_admission,
    locked_session,
    member_and_target,
    take_seat,
    target_of,
    void_prejoin,
)
from sessions_app.states import (
    AdmissionState,
    BlockScope,
    DecisionReason,
    SeatMode,
    SessionState,
    VoidReason,
)


@act(ParticipantAdmitted)
def admit_participant(*, session: Session, admission: UUID, by: User) -> Admission:
    """MUST NOT admit past a closed gate, a lock, a missing host or a full room."""
    session = locked_session(session.pk)
    membership, target = member_and_target(session, by, admission)
    if session.admits_nobody or not session.doors_are_open:
        raise AdmitsNobody
    _require_gates(session, membership, target)
    now = timezone.now()
    target.become(AdmissionState.ADMITTED, now=now)
    target.decided_at, target.decided_by, target.reason = now, by, ""
    target.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    mode = SeatMode(target.prejoin.mode) if target.prejoin else SeatMode.TEXT
    take_seat(target, mode=mode, now=now)
    if session.may_become(SessionState.LIVE):
        session.state = SessionState.LIVE
        session.save(update_fields=["state"])
    notify.session_changed(session.pk, first=target.connection)
    record(ParticipantAdmitted(**about_admission(target)))
    return target


@act(AllVerifiedAdmitted)
def admit_all_verified(*, session: Session, by: User) -> int:
    """Everybody who waits, is connected, passed every gate and said that they are alone.

    Each admission is an act and an entry of its own; the rest go on waiting.
    """
    session = locked_session(session.pk)
    host_admission(session, by)
    admitted = 0
    for waiting in queries.live_admissions(session).filter(state=AdmissionState.WAITING):
        if waiting.connection and _is_verified(session, waiting):
            admit_participant(session=session, admission=waiting.pk, by=by)
            admitted += 1
    record(AllVerifiedAdmitted(**about_session(session), people=admitted))
    return admitted


@act(ParticipantDeclined)
def decline_participant(
    *, session: Session, admission: UUID, by: User, reason: DecisionReason
) -> Admission:
    """Not now: the answers stay, and after two minutes the person may ask again."""
    session = locked_session(session.pk)
    target = target_of(session, by, admission)
    _end(target, AdmissionState.DECLINED, by=by, reason=reason)
    notify.session_changed(session.pk)
    record(ParticipantDeclined(**about_admission(target), reason=reason))
    return target


@act(ParticipantReturned)
def return_to_waiting(*, session: Session, admission: UUID, by: User) -> Admission:
    """Unheard and unseen at once; the new, waiting admission is returned."""
    session = locked_session(session.pk)
    target = target_of(session, by, admission)
    target.decided_by = by
    again = wait_again(target, reason="host")
    notify.session_changed(session.pk)
    record(ParticipantReturned(**about_admission(target)))
    return again


@act(ParticipantRemoved)
def remove_participant(
    *, session: Session, admission: UUID, by: User, scope: BlockScope, reason: DecisionReason
) -> Admission:
    """Out, and blocked: no link, device, alias or old ticket brings this person back."""
    session = locked_session(session.pk)
    target = target_of(session, by, admission)
    _end(target, AdmissionState.REMOVED, by=by, reason=reason)
    void_prejoin(target.prejoin_id, VoidReason.REMOVED, now=timezone.now())
    Block.objects.create(
        user=target.user,
        scope=scope,
        session=session if scope == BlockScope.SESSION else None,
        group=session.group if scope == BlockScope.GROUP else None,
        by=by,
        reason=reason,
    )
    notify.session_changed(session.pk)
    record(ParticipantRemoved(**about_admission(target), scope=scope, reason=reason))
    return target


def _end(target: Admission, state: AdmissionState, *, by: User, reason: DecisionReason) -> None:
    now = timezone.now()
    target.become(state, now=now)
    gone, target.connection = target.connection, None
    target.reason, target.decided_by, target.decided_at = reason, by, now
    target.save(
        update_fields=["state", "ended_at", "connection", "reason", "decided_by", "decided_at"]
    )
    free_seat(target, now=now)
    relay.unseat_on_commit(gone, close=True)


def _require_gates(session: Session, membership: Membership | None, target: Admission) -> None:
    if membership is None:
        raise GateIsClosed("membership")
    attempt = queries.attempt_of(session=session, membership=membership, sign_in=target.sign_in)
    gates.require_all_open(attempt)
    # The answers the host was shown must be those of this arrival, not of a newer attempt.
    if target.prejoin_id != attempt.prejoin.pk:
        raise GateIsClosed("reminder")


def _is_verified(session: Session, waiting: Admission) -> bool:
    if waiting.prejoin is None or not waiting.prejoin.says_private:
        return False
    membership = groups.membership_of(waiting.user, session.group_id)
    if membership is None or membership.is_host:
        return False
    try:
        _require_gates(session, membership, waiting)
    except GateIsClosed:
        return False
    return True
