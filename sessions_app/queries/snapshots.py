"""The whole state of a session as one person may see it: what a socket sends after each change.

MUST NOT put a true name, a gate or a waiting person anywhere but into a host's panel, and MUST
NOT show seats to those who wait. The number of queries does not grow with the people.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import SignIn, User
from groups import queries as groups
from groups.models import Membership
from sessions_app import gates
from sessions_app.gates import Attempt, Gate
from sessions_app.messages.server import (
    HostPanel,
    Own,
    PersonAtTheDoor,
    SeatedPerson,
    SeatView,
    SessionView,
    Snapshot,
    TileRole,
    WaitingPerson,
)
from sessions_app.models import Admission, PreJoin, Session
from sessions_app.queries.attempts import attempts_of_all
from sessions_app.queries.seats import live_admissions
from sessions_app.states import AdmissionState, SeatMode, SessionState

# Told after this many failures: early enough to help, late enough for a slip of the finger.
TELL_THERAPIST_AFTER = 3
# Gates that somebody at the door is at, rather than not yet there or no longer allowed.
DOOR_GATES = frozenset(
    {
        *("ages", "papers", "lessons", "guardian", "reminder", "environment"),
        *("location", "browser", "passphrase"),
    }
)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of the group and their live admissions, read once for one snapshot."""

    memberships: dict[UUID, Membership]
    admissions: dict[UUID, Admission]

    @property
    def has_connected_host(self) -> bool:
        return any(
            admission.is_seated and admission.connection and membership.is_host
            for user_id, admission in self.admissions.items()
            if (membership := self.memberships.get(user_id)) is not None
        )


def snapshot_for(user: User, session: Session, mode: SeatMode, own: Admission | None) -> Snapshot:
    """`own` is the admission of the reading connection: another device's place shows nothing."""
    people = _people(session)
    own_membership = people.memberships[user.pk]
    own = people.admissions.get(user.pk) if own else None
    sees_room = own is not None and own.is_seated
    is_host = own_membership.is_host
    return Snapshot(
        own=_own(own_membership, own, mode),
        session=_session_view(session, people),
        seats=_seats(people) if sees_room else [],
        host=_panel(session, people, user) if is_host else None,
    )


def _people(session: Session) -> People:
    members = groups.roster_of(session.group)
    admissions = live_admissions(session).annotate(
        device_known=Exists(
            SignIn.objects.filter(
                user=OuterRef("user"),
                device=OuterRef("sign_in__device"),
                factor_at__isnull=False,
                created_at__lt=OuterRef("sign_in__created_at"),
            )
        )
    )
    return People(
        memberships={member.user_id: member for member in members},
        admissions={admission.user_id: admission for admission in admissions},
    )


def _own(membership: Membership, admission: Admission | None, mode: SeatMode) -> Own:
    seat = admission.seat if admission is not None and admission.is_seated else None
    return Own(
        admission=AdmissionState(admission.state) if admission else None,
        admission_id=admission.pk if admission else None,
        seat=seat.number if seat else None,
        role=TileRole(membership.role),
        alias=membership.alias,
        mode=SeatMode(seat.mode) if seat else mode,
        may_send_mic=seat is not None and seat.may_send_mic,
        may_send_camera=seat is not None and seat.may_send_camera,
        was_not_added=admission is not None and admission.was_not_added,
        self_view=not membership.hides_own_picture,
    )


def _session_view(session: Session, people: People) -> SessionView:
    return SessionView(
        state=SessionState(session.state),
        locked=session.admits_nobody,
        suspended=session.media_suspended_at is not None,
        host_present=session.doors_are_open and people.has_connected_host,
        opens_at=session.opens_at,
        closes_at=session.closes_at,
        now=timezone.now(),
        end_to_end=session.is_end_to_end,
    )


def _seats(people: People) -> list[SeatView]:
    views = [
        _seat_view(people.memberships[user_id], admission)
        for user_id, admission in people.admissions.items()
        if admission.is_seated and user_id in people.memberships
    ]
    return sorted(views, key=lambda view: view.seat)


def _seat_view(membership: Membership, admission: Admission) -> SeatView:
    seat = admission.seat
    return SeatView(
        seat=seat.number,
        admission=admission.pk,
        alias=membership.alias,
        pronouns=membership.pronouns,
        role=TileRole(membership.role),
        mode=SeatMode(seat.mode),
        mic=seat.mic_on,
        camera=seat.camera_on,
        private=seat.private,
        away=seat.away,
        connected=admission.state == AdmissionState.CONNECTED,
    )


def _panel(session: Session, people: People, reader: User) -> HostPanel:
    sign_ins = {
        user_id: admission.sign_in
        for user_id, admission in people.admissions.items()
        if admission.sign_in is not None
    }
    attempts = attempts_of_all(session, people.memberships.values(), sign_ins)
    closed = {user_id: gates.first_closed(attempt) for user_id, attempt in attempts.items()}
    waiting = [
        _waiting(attempts[user_id], admission)
        for user_id, admission in people.admissions.items()
        if admission.state == AdmissionState.WAITING and closed.get(user_id, True) is None
    ]
    return HostPanel(
        waiting=sorted(waiting, key=lambda person: person.waiting_since),
        at_the_door=_at_the_door(session, people, attempts, closed),
        seated=_seated(people, attempts, reader),
    )


def _waiting(attempt: Attempt, admission: Admission) -> WaitingPerson:
    return WaitingPerson(
        admission=admission.pk,
        true_name=_true_name(attempt.user),
        alias=attempt.membership.alias,
        role=TileRole(attempt.membership.role),
        mode=SeatMode(attempt.prejoin.mode),
        here=admission.connection is not None,
        device_known=admission.device_known,  # type: ignore[attr-defined]  # annotated in _people
        papers=attempt.papers_current,
        private_space=attempt.prejoin.says_private,
        location_confirmed=attempt.prejoin.location_confirmed_at is not None,
        was_not_added=admission.was_not_added,
        waiting_since=admission.waiting_since,
        note=attempt.prejoin.note,
    )


def _at_the_door(
    session: Session,
    people: People,
    attempts: dict[UUID, Attempt],
    closed: dict[UUID, Gate | None],
) -> list[PersonAtTheDoor]:
    """Whoever began to join and is held at a gate, or waits and was held back by one."""
    begun = dict(
        PreJoin.objects.filter(session=session, voided_at=None).values_list(
            "user_id", "help_asked_at"
        )
    )
    found = []
    for user_id, attempt in attempts.items():
        gate = closed[user_id]
        seated = user_id in people.admissions and people.admissions[user_id].is_seated
        if user_id not in begun or seated or attempt.is_host:
            continue
        gate = gate if gate and gate.name != "factors" else _next_answer(attempt)
        if gate is not None and gate.name in DOOR_GATES:
            found.append(_person_at(gate, attempt, asked=begun[user_id] is not None))
    return found


def _next_answer(attempt: Attempt) -> Gate | None:
    """The first closed gate that has a page: somebody without a socket shows no sign-in."""
    closed = (gate for gate in gates.GATES if gate.name in DOOR_GATES)
    return next((gate for gate in closed if not gate.is_open(attempt)), None)


def _person_at(gate: Gate, attempt: Attempt, *, asked: bool) -> PersonAtTheDoor:
    failures = attempt.prejoin.passphrase_failures
    return PersonAtTheDoor(
        person=attempt.user.pk,
        true_name=_true_name(attempt.user),
        alias=attempt.membership.alias,
        gate=gate.name,
        gate_title=gate.title,
        can_override=gate.name == "location",
        needs_help=asked or failures >= TELL_THERAPIST_AFTER,
        later=attempt.prejoin.later_at is not None,
        note=attempt.prejoin.note,
    )


def _seated(people: People, attempts: dict[UUID, Attempt], reader: User) -> list[SeatedPerson]:
    persons = [
        SeatedPerson(
            seat=admission.seat.number,
            admission=admission.pk,
            true_name=_true_name(admission.user),
            papers=user_id in attempts and attempts[user_id].papers_current,
            may_send_mic=admission.seat.may_send_mic,
            may_send_camera=admission.seat.may_send_camera,
            camera_expected=_camera_is_missing(people.memberships.get(user_id), admission),
            own=user_id == reader.pk,
        )
        for user_id, admission in people.admissions.items()
        if admission.is_seated
    ]
    return sorted(persons, key=lambda person: person.seat)


def _camera_is_missing(membership: Membership | None, admission: Admission) -> bool:
    seat = admission.seat
    asked = membership is not None and membership.camera_is_expected and seat.may_send_camera
    return asked and not seat.camera_on and seat.private and not seat.away


def _true_name(user: User) -> str:
    return user.profile.true_name if hasattr(user, "profile") else ""
