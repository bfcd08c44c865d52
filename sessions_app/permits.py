"""What a seat may send and receive, and the tickets that tell the relay so.

A ticket's lease begins when its rows were read, not when it is signed: what is signed again from
memory ends no later. It MUST NOT reach a browser.
"""

import time
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from groups import queries as groups
from groups.models import Membership
from groups.states import CameraPolicy
from media_relay import tickets
from media_relay.tickets import LEASE_SECONDS, SeatTicket, Source, TransportTicket
from sessions_app.models import Admission, Seat
from sessions_app.queries.keys import KeyState, key_state
from sessions_app.states import SeatMode

NOTHING: frozenset[Source] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One seat's rights at one moment; equal permits need no new ticket before the lease ends.

    `read_at`: Unix time in seconds, before any of the rows was read.
    """

    read_at: float = field(compare=False)
    person: UUID
    session: UUID
    room: UUID
    admission: UUID
    connection: UUID
    seat: int
    may_send: frozenset[Source]
    may_receive_video: bool
    # With end-to-end encryption: the seats whose keys this one holds. None: no restriction.
    sources: frozenset[int] | None = None
    is_ready: bool = True

    @property
    def ends_at(self) -> float:
        """Unix time in seconds."""
        return self.read_at + LEASE_SECONDS

    def ticket(self) -> str:
        """A signed seat ticket: one use, what is left of the lease."""
        return tickets.sign(
            SeatTicket(
                jti=uuid4().hex,
                person=self.person.hex,
                session=self.session.hex,
                room=self.room.hex,
                admission=self.admission.hex,
                connection=self.connection.hex,
                seat=self.seat,
                may_send=self.may_send,
                may_receive_video=self.may_receive_video,
                sources=self.sources,
                expires_at=self.ends_at,
            ),
            _key(),
        )


def transport_ticket(*, person: UUID, session: UUID, connection: UUID) -> str:
    """Permits the handshake only: nothing is mapped while the person waits."""
    return tickets.sign(
        TransportTicket(
            jti=uuid4().hex,
            person=person.hex,
            session=session.hex,
            connection=connection.hex,
            expires_at=time.time() + LEASE_SECONDS,
        ),
        _key(),
    )


def permit_of(admission_id: UUID) -> Permit | None:
    """The permit of this visit as its rows are now."""
    read_at = time.time()
    admission = (
        Admission.objects.select_related("session__group", "user", "sign_in", "seat")
        .filter(pk=admission_id)
        .first()
    )
    if admission is None or not admission.is_seated:
        return None
    membership = groups.membership_of(admission.user, admission.session.group_id)
    return permit_for(admission, membership, key_state(admission.session_id), read_at)


def permit_for(
    admission: Admission, membership: Membership | None, keys: KeyState | None, read_at: float
) -> Permit | None:
    """None without a live, seated admission and an open socket: no row, no seat on the relay."""
    connection = admission.connection
    if membership is None or not admission.is_seated or connection is None:
        return None
    if not _is_entitled(admission, membership):
        return None
    seat = admission.seat
    if seat.freed_at is not None:
        return None
    sources, is_ready = _keys_of(admission, keys)
    return Permit(
        read_at=read_at,
        person=admission.user_id,
        session=admission.session_id,
        room=seat.room_id,
        admission=admission.pk,
        connection=connection,
        seat=seat.number,
        may_send=may_send(seat, is_host=membership.is_host),
        may_receive_video=not seat.away,
        sources=sources,
        is_ready=is_ready,
    )


def _keys_of(admission: Admission, keys: KeyState | None) -> tuple[frozenset[int] | None, bool]:
    """Nothing is mapped to somebody who could not open it, and they are not connected yet."""
    if not admission.session.is_end_to_end:
        return None, True
    sources = keys.sources_of(admission) if keys else None
    return sources or frozenset(), sources is not None


def _is_entitled(admission: Admission, membership: Membership) -> bool:
    """A lease is not renewed for a sign-in, an account or a membership that has ended."""
    sign_in = admission.sign_in
    return (
        sign_in is not None and sign_in.is_open and admission.user.is_active and membership.is_live
    )


def may_send(seat: Seat, *, is_host: bool) -> frozenset[Source]:
    """The sources that the relay forwards from this seat, whatever its browser tries."""
    if seat.mode == SeatMode.TEXT or seat.away or not seat.private:
        return NOTHING
    if seat.admission.session.media_suspended_at is not None and not is_host:
        return NOTHING
    allowed = {Source.MIC} if seat.may_send_mic else set()
    if _may_send_camera(seat):
        allowed.add(Source.CAMERA)
    return frozenset(allowed)


def _may_send_camera(seat: Seat) -> bool:
    policy = seat.admission.session.group.camera_policy
    return seat.may_send_camera and seat.mode == SeatMode.VIDEO and policy != CameraPolicy.OFF


@cache
def _key() -> Ed25519PrivateKey:
    return tickets.signing_key(settings.TICKET_SIGNING_KEY)
