"""The steps that several services share: locking rows, taking and freeing a seat."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists

from accounts.models import User
from groups import queries as groups
from groups.models import Membership
from groups.states import HOST_ROLES, CameraPolicy
from sessions_app.errors import NoSuchAdmission, NotAHost, RoomIsFull
from sessions_app.models import Admission, DoorNote, PreJoin, Room, Seat, Session
from sessions_app.states import SEATED, RoomKind, SeatMode, VoidReason, words


def locked_session(pk: UUID) -> Session:
    """The row as it is now, locked until the transaction ends. MUST be taken before any other."""
    return Session.objects.select_for_update(of=("self",)).select_related("group").get(pk=pk)


def host_membership(session: Session, by: User) -> Membership:
    """Raises NotAHost for everybody who does not moderate this group now."""
    membership = groups.membership_of(by, session.group_id)
    if membership is None or not membership.is_host or not by.is_active:
        raise NotAHost
    return membership


def host_admission(session: Session, by: User) -> Admission:
    """The host's own seat: without one, a host acts on nobody."""
    seat = Admission.objects.filter(session=session, user=by, state__in=words(SEATED))
    hosting = Exists(groups.hosting_of(by, session.group_id))
    own = seat.filter(hosting).first() if by.is_active else None
    if own is None:
        host_membership(session, by)
        raise NotAHost("no_own_admission")
    return own


def locked_admission(session: Session, pk: UUID) -> Admission:
    """An admission of this very session; an id from elsewhere is as good as none."""
    found = (
        Admission.objects.select_for_update(of=("self",))
        .select_related("user", "sign_in", "prejoin")
        .filter(pk=pk, session=session)
        .first()
    )
    if found is None:
        raise NoSuchAdmission
    found.session = session
    return found


def target_of(session: Session, by: User, pk: UUID) -> Admission:
    """Whom a host may act on: anybody in this session who is not a host or co-host."""
    return member_and_target(session, by, pk)[1]


def member_and_target(session: Session, by: User, pk: UUID) -> tuple[Membership | None, Admission]:
    """The same with their membership; None when that has ended."""
    host_admission(session, by)
    target = locked_admission(session, pk)
    membership = groups.membership_of(target.user, session.group_id)
    if membership is not None and membership.role in HOST_ROLES:
        raise NotAHost("not_for_hosts")
    return membership, target


def take_seat(admission: Admission, *, mode: SeatMode, now: datetime) -> Seat:
    """A place in the circle: the person's own from before if it is free. Raises RoomIsFull."""
    session = admission.session
    room, _ = Room.objects.get_or_create(session=session, kind=RoomKind.MAIN)
    group = session.group
    number = _free_number(room, admission.user_id, group.capacity)
    camera_off = group.camera_policy == CameraPolicy.OFF
    return Seat.objects.create(
        admission=admission,
        room=room,
        number=number,
        mode=SeatMode.AUDIO if camera_off and mode == SeatMode.VIDEO else mode,
        may_send_camera=not camera_off,
        private=admission.prejoin is not None and admission.prejoin.says_private,
        taken_at=now,
    )


def _free_number(room: Room, user_id: UUID, capacity: int) -> int:
    seats = list(
        Seat.objects.filter(room=room)
        .order_by("taken_at")
        .values_list("number", "admission__user_id", "freed_at")
    )
    taken = {number for number, _, freed_at in seats if freed_at is None}
    if len(taken) >= capacity:
        raise RoomIsFull
    own = [number for number, holder, _ in seats if holder == user_id]
    others = {number for number, holder, _ in seats if holder != user_id}
    fresh = [number for number in range(1, capacity + 1) if number not in others]
    candidates: list[int] = [*reversed(own), *fresh, *range(1, capacity + 1)]
    return next(number for number in candidates if number not in taken)


def free_seat(admission: Admission, *, now: datetime) -> None:
    Seat.objects.filter(admission=admission, freed_at=None).update(
        freed_at=now, mic_on=False, camera_on=False
    )


def seat_of(admission: Admission) -> Seat:
    """Raises NoSuchAdmission when this admission holds no seat now."""
    if admission.state not in SEATED:
        raise NoSuchAdmission("not_seated")
    return Seat.objects.select_for_update().get(admission=admission, freed_at=None)


def void_prejoin(prejoin_id: UUID | None, reason: VoidReason, *, now: datetime) -> None:
    """What was written to the therapist goes with the attempt."""
    if prejoin_id is not None:
        DoorNote.objects.filter(prejoin=prejoin_id).delete()
        PreJoin.objects.filter(pk=prejoin_id, voided_at=None).update(
            voided_at=now, void_reason=reason
        )
