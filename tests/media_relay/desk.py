"""A ticket desk for tests: what the web process would sign."""

import time
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from media_relay.config import NodeConfig
from media_relay.node import Node
from media_relay.tickets import SeatTicket, Source, TransportTicket, sign

EVERYTHING = frozenset(Source)


class Desk:
    """Signs tickets for one session; a person's name is also their connection's."""

    def __init__(self, session: str = "session") -> None:
        self.key = Ed25519PrivateKey.generate()
        self.session = session

    def node(self, *bind: str, advertised_port: int | None = None) -> Node:
        config = NodeConfig(
            verify_key=self.key.public_key(),
            bind=bind or ("127.0.0.1",),
            advertised_port=advertised_port,
        )
        return Node(config)

    def transport(self, person: str, *, connection: str = "", seconds: float = 30) -> str:
        ticket = TransportTicket(
            jti=uuid4().hex,
            person=person,
            session=self.session,
            connection=connection or person,
            expires_at=time.time() + seconds,
        )
        return sign(ticket, self.key)

    def seat(
        self,
        person: str,
        seat: int,
        *,
        connection: str = "",
        room: str = "room",
        may_send: frozenset[Source] = EVERYTHING,
        may_receive_video: bool = True,
        seconds: float = 60,
        session: str = "",
    ) -> str:
        ticket = SeatTicket(
            jti=uuid4().hex,
            person=person,
            session=session or self.session,
            room=room,
            admission=f"admission-{person}",
            connection=connection or person,
            seat=seat,
            may_send=may_send,
            may_receive_video=may_receive_video,
            expires_at=time.time() + seconds,
        )
        return sign(ticket, self.key)
