"""A seat's lease ends where nobody reads the rows, and not where nobody can be asked."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from media_relay.control import (
    InProcessControl,
    LeaseExpired,
    RelayRefused,
    SlotsMapped,
    TicketRefused,
)
from media_relay.node import Node
from media_relay.tickets import LEASE_SECONDS
from sessions_app import relay
from sessions_app.messages.base import ServerMessage
from sessions_app.messages.server import Answer, Lines, Transport, TransportState
from sessions_app.permits import Permit, transport_ticket
from sessions_app.sockets import line as lines
from sessions_app.sockets.line import Callbacks, RelayLine
from tests.media_relay.offers import offer
from tests.sessions_app.socket import until


class Reachable(InProcessControl):
    """The relay's own control, which can be out of reach, and what it was asked."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.is_away = False
        self.asked: Counter[str] = Counter()

    def _ask(self, call: str) -> None:
        self.asked[call] += 1
        if self.is_away:
            raise RelayRefused("relay.unreachable")

    async def seat(self, ticket: str) -> None:
        self._ask("seat")
        await super().seat(ticket)

    async def move(self, ticket: str) -> None:
        self._ask("move")
        await super().move(ticket)

    async def view(self, connection: str, widths: dict[str, int]) -> None:
        self._ask("view")
        await super().view(connection, widths)

    async def unseat(self, connection: str, *, close: bool = False) -> None:
        self._ask("unseat")
        await super().unseat(connection, close=close)


@dataclass(slots=True)
class Seated:
    """Somebody on their line, without a socket around it."""

    node: Node
    control: Reachable
    connection: UUID = field(default_factory=uuid4)
    person: UUID = field(default_factory=uuid4)
    session: UUID = field(default_factory=uuid4)
    said: list[ServerMessage] = field(default_factory=list)
    looks: int = 0

    async def say(self, message: ServerMessage) -> None:
        self.said.append(message)

    async def ticket(self) -> str:
        return transport_ticket(
            person=self.person, session=self.session, connection=self.connection
        )

    def look_again(self) -> None:
        self.looks += 1

    async def nothing(self) -> None: ...

    async def no_lines(self, lines: Lines) -> None: ...

    def permit(self, *, age: float = 0.0) -> Permit:
        return Permit(
            read_at=time.time() - age,
            person=self.person,
            session=self.session,
            room=self.session,
            admission=self.person,
            connection=self.connection,
            seat=1,
            may_send=frozenset(),
            may_receive_video=True,
        )

    @property
    def sits(self) -> bool:
        present = self.node.present(self.connection.hex)
        return any(isinstance(event, SlotsMapped) for event in present)

    @property
    def was_lost(self) -> bool:
        return any(
            isinstance(one, Transport) and one.state is TransportState.LOST for one in self.said
        )


@pytest.fixture
async def seated(relay_node: Node) -> Seated:
    control = Reachable(relay_node)
    relay.attach(control)
    return Seated(relay_node, control)


@pytest.fixture
async def line(seated: Seated, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RelayLine]:
    monkeypatch.setattr(lines, "TRY_AGAIN_SECONDS", 0.05)
    line = RelayLine(
        seated.connection,
        Callbacks(
            say=seated.say,
            ticket=seated.ticket,
            look_again=seated.look_again,
            mapped=seated.nothing,
            lines=seated.no_lines,
            lost=seated.nothing,
            broken=lambda: None,
        ),
    )
    line.start()
    line.offer(offer())
    await until(lambda: any(isinstance(one, Answer) for one in seated.said))
    yield line
    await line.close()


async def test_only_a_fresh_reading_seats_again_whose_lease_has_ended(
    seated: Seated, line: RelayLine
) -> None:
    line.permit(seated.permit())
    await until(lambda: seated.sits)
    looks = seated.looks
    await seated.control.unseat(seated.connection.hex)
    seated.node.watchers.emit(seated.connection.hex, LeaseExpired())
    await until(lambda: seated.looks > looks)
    line.view([320])
    await until(lambda: seated.control.asked["view"] == 1)
    assert not seated.sits
    line.permit(seated.permit())
    await until(lambda: seated.sits)


async def test_a_seat_outlasts_a_relay_that_is_out_of_reach_for_less_than_its_lease(
    seated: Seated, line: RelayLine
) -> None:
    line.permit(seated.permit())
    await until(lambda: seated.sits)
    seated.control.is_away = True
    line.permit(seated.permit(), renew=True)
    await until(lambda: seated.control.asked["move"] >= 3)
    seated.control.is_away = False
    tries = seated.control.asked["move"]
    await until(lambda: seated.control.asked["move"] > tries)
    assert not seated.was_lost


async def test_it_is_lost_with_the_lease(seated: Seated, line: RelayLine) -> None:
    line.permit(seated.permit(age=LEASE_SECONDS - 1.0))
    await until(lambda: seated.sits)
    seated.control.is_away = True
    line.permit(seated.permit(), renew=True)
    await until(lambda: not seated.sits)
    line.permit(seated.permit())
    await until(lambda: seated.was_lost)


async def test_a_right_that_was_taken_is_taken_once_the_relay_is_back(
    seated: Seated, line: RelayLine
) -> None:
    line.permit(seated.permit())
    await until(lambda: seated.sits)
    seated.control.is_away = True
    line.permit(None)
    await until(lambda: seated.control.asked["unseat"] >= 2)
    assert seated.sits
    seated.control.is_away = False
    await until(lambda: not seated.sits)


async def test_a_removal_goes_on_asking_until_the_relay_hears_it(
    seated: Seated, line: RelayLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "TRY_AGAIN_SECONDS", 0.05)
    line.permit(seated.permit())
    await until(lambda: seated.sits)
    seated.control.is_away = True
    relay._soon(lambda control: control.unseat(seated.connection.hex))
    await until(lambda: seated.control.asked["unseat"] >= 2)
    seated.control.is_away = False
    await until(lambda: not seated.sits)


async def test_a_ticket_ends_with_the_lease_of_its_reading(seated: Seated) -> None:
    with pytest.raises(RelayRefused, match=r"connection\.unknown"):
        await seated.control.seat(seated.permit().ticket())
    with pytest.raises(TicketRefused, match=r"ticket\.expired"):
        await seated.control.seat(seated.permit(age=LEASE_SECONDS).ticket())
