"""A relay process: its sockets, transports and rooms, and the control calls on them.

Python's event loop wakes it once per readable socket; everything per packet is the engine's.
"""

import asyncio
import itertools
import logging
import socket as sockets
import time
from collections.abc import AsyncIterator

from media_relay.binding import bind
from media_relay.config import NodeConfig
from media_relay.control import (
    LayersWanted,
    RelayEvent,
    RelayRefused,
    TransportClosed,
    TransportConnected,
)
from media_relay.demand import Demand
from media_relay.engines import load_engine
from media_relay.errors import Malformed
from media_relay.feedback import Feedback
from media_relay.metrics import Figures, figures_of
from media_relay.pace import Pace
from media_relay.paths import Paths
from media_relay.rates import Rates
from media_relay.rhythm import TICKS_PER_REPORT, Rhythm
from media_relay.room import Room
from media_relay.sdp import Candidate, Offer, parse_offer
from media_relay.slots import Mapping, slots_of
from media_relay.tickets import (
    SeatTicket,
    Ticket,
    TicketRefused,
    TransportTicket,
    UsedTickets,
    verify,
)
from media_relay.transport import Transport, TransportState
from media_relay.watchers import Watchers

log = logging.getLogger(__name__)

MAX_TRANSPORTS = 512
# How long a fresh transport may take to follow the goodbye of the former one.
GOODBYE_SECONDS = 2.0


class Node:
    """One relay process; `start` and `close` are its life."""

    def __init__(self, config: NodeConfig) -> None:
        self._config = config
        self._sockets: list[sockets.socket] = []
        self._peers = itertools.count(1)
        self._transports: dict[str, Transport] = {}
        self._by_peer: dict[int, Transport] = {}
        self._rooms: dict[str, Room] = {}
        self._room_of: dict[str, str] = {}
        self._used = UsedTickets()
        self.watchers = Watchers()
        self._demand = Demand()
        self._ticks = itertools.count()
        self._closing: set[asyncio.Task[None]] = set()
        self.is_draining = False

    async def start(self) -> None:
        """Bind the sockets and begin to listen.

        OSError if an address or port is taken, EngineUnavailable if the engine cannot run here.
        """
        make = await asyncio.to_thread(load_engine, self._config.engine, self._config.cache)
        self._sockets = bind(self._config.bind, self._config.port)
        self._engine = make(self._sockets)
        self._paths = Paths(self._engine)
        self._rates = Rates(self._engine)
        self._feedback = Feedback(self._engine, self._by_peer.get)
        self._rhythm = Rhythm(self._feedback, self._rates, self._demand)
        self._pace = Pace(self._sockets, self._read, self._tick)

    async def close(self) -> None:
        """Close every transport, tell every watcher. Idempotent."""
        self.is_draining = True
        if self._sockets:
            self._pace.close()
        for transport in list(self._transports.values()):
            await self._drop(transport, "node")
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        self.watchers.close()
        for bound in self._sockets:
            bound.close()
        self._sockets = []

    @property
    def port(self) -> int:
        """The UDP port in use."""
        return int(self._sockets[0].getsockname()[1])

    @property
    def load(self) -> int:
        """How many transports are open."""
        return len(self._transports)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What browsers are told."""
        port = self._config.advertised_port or self.port
        addresses = self._config.advertise or self._config.bind
        return tuple(Candidate(address, port) for address in addresses)

    @property
    def rooms(self) -> set[str]:
        """The rooms in which somebody sits."""
        return set(self._rooms)

    @property
    def figures(self) -> Figures:
        """For metrics."""
        connected = self._connected_transports()
        return figures_of(self._engine, self._demand, self._rooms.values(), connected)

    @property
    def connections(self) -> set[str]:
        """The connections that have a transport."""
        return set(self._transports)

    @property
    def sessions(self) -> dict[str, list[str]]:
        """The sessions that have transports, and these transports' connections."""
        found: dict[str, list[str]] = {}
        for transport in self._transports.values():
            found.setdefault(transport.session, []).append(transport.connection)
        return found

    async def open_transport(self, ticket: str, offer: str) -> str:
        """See control.RelayControl."""
        verified = self._verify(ticket)
        if not isinstance(verified, TransportTicket):
            raise TicketRefused("ticket.wrong_kind")
        former = self._transports.get(verified.connection)
        self._check_room_for(verified, former)
        try:
            parsed = parse_offer(offer)
        except Malformed as error:
            raise RelayRefused(error.code) from None
        self._used.use(verified)
        if former is not None and former.is_restarted_by(parsed):
            return self._restart(former, parsed)
        if former is not None:
            await self._drop(former, None)
        agent = self._paths.open(parsed.ufrag, time.monotonic())
        transport = Transport(
            peer=next(self._peers),
            ticket=verified,
            offer=parsed,
            agent=agent,
            engine=self._engine,
            rates=self._rates,
            demand=self._demand,
        )
        self._transports[transport.connection] = transport
        self._by_peer[transport.peer] = transport
        self._paths.lead_to(transport)
        transport.start(self._connected, self._lost)
        self._pace.wake()
        return transport.answer(self.candidates)

    def seat(self, ticket: str) -> str:
        """See control.RelayControl. Returns the connection."""
        verified = self._seat_ticket(ticket)
        self._sit(verified)
        return verified.connection

    def move(self, ticket: str) -> str:
        """See control.RelayControl. MUST NOT seat anybody: a late renewal follows a removal."""
        verified = self._seat_ticket(ticket)
        if verified.connection not in self._room_of:
            raise RelayRefused("seat.unknown")
        self._sit(verified)
        return verified.connection

    def view(self, connection: str, widths: dict[str, int]) -> None:
        """See control.RelayControl."""
        self._rhythm.look(self.transport_of(connection), slots_of(widths), time.monotonic())

    def transport_of(self, connection: str) -> Transport:
        """RelayRefused when the connection has none."""
        transport = self._transports.get(connection)
        if transport is None:
            raise RelayRefused("connection.unknown")
        return transport

    async def unseat(self, connection: str, *, close: bool = False) -> None:
        """See control.RelayControl."""
        self._leave_room(connection)
        transport = self._transports.get(connection)
        if close and transport is not None:
            await self._drop(transport, "unseated")

    async def let_go(self, connection: str) -> None:
        """Close a transport without a word to its watchers: the session has moved. Idempotent."""
        transport = self._transports.get(connection)
        if transport is not None:
            await self._drop(transport, None)

    async def close_room(self, room: str) -> None:
        """See control.RelayControl."""
        known = self._rooms.get(room)
        for connection in known.connections if known else ():
            await self.unseat(connection, close=True)

    def watch(self, connection: str) -> AsyncIterator[RelayEvent]:
        """See control.RelayControl."""
        return self.watchers.watch(connection, self.present(connection))

    def present(self, connection: str) -> list[RelayEvent]:
        """The state of a connection as the events that would tell it."""
        transport = self._transports.get(connection)
        events: list[RelayEvent] = []
        if transport is not None and transport.state is TransportState.CONNECTED:
            events.append(TransportConnected())
        room = self._rooms.get(self._room_of.get(connection, ""))
        if room is not None:
            events.append(room.mapping_of(connection))
            if transport is not None:
                events.append(LayersWanted(self._demand.of(transport.peer)))
            if room.lines.lines:
                events.append(room.lines)
        return events

    def _verify(self, text: str) -> Ticket:
        return verify(text, self._config.verify_key, now=time.time())

    def _check_room_for(self, ticket: TransportTicket, former: Transport | None) -> None:
        if self.is_draining:
            raise RelayRefused("node.draining")
        if former is None:
            if len(self._transports) >= MAX_TRANSPORTS:
                raise RelayRefused("node.full")
        elif (former.person, former.session) != (ticket.person, ticket.session):
            raise TicketRefused("ticket.mismatch")

    def _restart(self, transport: Transport, offer: Offer) -> str:
        """The same keys, lines and seat by another way: a page whose network changed."""
        self._paths.restart(transport, offer.ufrag)
        return transport.answer(self.candidates)

    def _seat_ticket(self, text: str) -> SeatTicket:
        ticket = self._verify(text)
        if not isinstance(ticket, SeatTicket):
            raise TicketRefused("ticket.wrong_kind")
        transport = self.transport_of(ticket.connection)
        if (transport.person, transport.session) != (ticket.person, ticket.session):
            raise TicketRefused("ticket.mismatch")
        return ticket

    def _sit(self, ticket: SeatTicket) -> None:
        room = self._rooms.get(ticket.room)
        if room is None:
            room = Room(
                ticket.room,
                ticket.session,
                engine=self._engine,
                demand=self._demand,
                map_legs=self._map_legs,
                emit=self.watchers.emit,
            )
        room.check(ticket)
        self._used.use(ticket)
        if self._room_of.get(ticket.connection) != ticket.room:
            self._leave_room(ticket.connection)
        transport = self._transports[ticket.connection]
        is_connected = transport.state is TransportState.CONNECTED
        self._rooms[ticket.room] = room
        room.seat(ticket, transport.peer if is_connected else None)
        self._settle(room)
        self._room_of[ticket.connection] = ticket.room
        self._feedback.ask_key_frames(time.monotonic())

    def _leave_room(self, connection: str) -> None:
        room = self._rooms.get(self._room_of.pop(connection, ""))
        if room is not None:
            room.unseat(connection)
            self._settle(room)

    def _settle(self, room: Room) -> None:
        """Forget who no longer sits in the room, and the room once it is empty."""
        seated = set(room.connections)
        for connection, name in list(self._room_of.items()):
            if name == room.name and connection not in seated:
                del self._room_of[connection]
        if room.is_empty:
            self._rooms.pop(room.name, None)

    def _map_legs(self, peer: int, legs: Mapping) -> None:
        transport = self._by_peer.get(peer)
        if transport is not None:
            transport.downlink.map(legs, time.monotonic())

    def _connected(self, transport: Transport) -> None:
        self.watchers.emit(transport.connection, TransportConnected())
        room = self._rooms.get(self._room_of.get(transport.connection, ""))
        if room is not None:
            room.connect(transport.connection, transport.peer)
            self._feedback.ask_key_frames(time.monotonic())

    def _lost(self, transport: Transport, reason: str) -> None:
        """The handshake failed, the peer said goodbye, or its consent ran out."""
        task = asyncio.create_task(self._bury(transport, reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _bury(self, transport: Transport, reason: str) -> None:
        """A browser that closes one connection to make a fresh one is nobody's news."""
        await self._drop(transport, None)
        if reason == "peer":
            await asyncio.sleep(GOODBYE_SECONDS)
        if transport.connection not in self._transports:
            self.watchers.emit(transport.connection, TransportClosed(reason))

    async def _drop(self, transport: Transport, reason: str | None) -> None:
        """Close a transport and say why, if there is a reason to say."""
        if self._transports.get(transport.connection) is not transport:
            return
        del self._transports[transport.connection]
        self._by_peer.pop(transport.peer, None)
        self._paths.close(transport)
        self._leave_room(transport.connection)
        await transport.close()
        if reason is not None:
            self.watchers.emit(transport.connection, TransportClosed(reason))

    def _read(self, index: int) -> int:
        """Read one socket; how many packets it had."""
        now = time.monotonic()
        seen = self._engine.run(index)
        for path, data in seen.strangers:
            self._paths.hear(path, data, now)
        for peer, plain in seen.unlearnt:
            if peer in self._by_peer:
                self._by_peer[peer].learn(plain)
        for peer, plain in seen.rtcp:
            if peer in self._by_peer:
                self._feedback.hear(self._by_peer[peer], plain, now)
        return seen.count

    def _tick(self) -> None:
        if not self._transports:
            self._pace.rest()
        # The outermost call: leases MUST expire whatever else goes wrong.
        try:
            tick = next(self._ticks)
            if tick % TICKS_PER_REPORT == 0:
                self._expire(time.monotonic())
                self._judge_lines()
            self._rhythm.beat(tick, self._connected_transports(), time.monotonic())
        except Exception:
            log.exception("relay.tick_failed")

    def _connected_transports(self) -> list[Transport]:
        connected = TransportState.CONNECTED
        return [each for each in self._transports.values() if each.state is connected]

    def _judge_lines(self) -> None:
        now = {each.connection: each.quality for each in self._connected_transports()}
        for room in self._rooms.values():
            room.judge(now)

    def _expire(self, now: float) -> None:
        wall = time.time()
        self._used.prune(wall)
        for room in list(self._rooms.values()):
            if room.expire(wall):
                self._settle(room)
        for transport in self._transports.values():
            if not transport.agent.has_consent(now):
                self._lost(transport, "consent")
