"""A room: who sits in it, and so which legs exist."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from media_relay.control import (
    LayersWanted,
    LeaseExpired,
    LinesChanged,
    RelayEvent,
    RelayRefused,
    SlotsMapped,
)
from media_relay.demand import Demand
from media_relay.engine import Engine
from media_relay.health import LineQuality, RoomHealth, SeatLine
from media_relay.slots import Mapping, describe, mapping_for
from media_relay.tickets import SeatTicket

Emit = Callable[[str, RelayEvent], None]
# Tells a viewer's slow side what its legs carry.
MapLegs = Callable[[int, Mapping], None]


@dataclass(slots=True)
class Seat:
    """A ticket in force. `peer` is None until the seat's transport has its keys."""

    ticket: SeatTicket
    peer: int | None
    mapping: Mapping = field(default_factory=dict)
    legs: Mapping = field(default_factory=dict)


class Room:
    """MUST forward nothing to or from a connection without a live seat ticket."""

    def __init__(
        self,
        name: str,
        session: str,
        *,
        engine: Engine,
        demand: Demand,
        map_legs: MapLegs,
        emit: Emit,
    ) -> None:
        self.name = name
        self.session = session
        self._engine = engine
        self._demand = demand
        self._map_legs = map_legs
        self._emit = emit
        self._seats: dict[str, Seat] = {}
        self._health = RoomHealth()

    @property
    def connections(self) -> tuple[str, ...]:
        """Everybody seated, by connection."""
        return tuple(self._seats)

    @property
    def is_empty(self) -> bool:
        return not self._seats

    def check(self, ticket: SeatTicket) -> None:
        """RelayRefused if the ticket's place is not free for this person."""
        if ticket.session != self.session:
            raise RelayRefused("ticket.mismatch")
        for connection, seat in self._seats.items():
            same_person = seat.ticket.person == ticket.person
            if seat.ticket.seat == ticket.seat and not same_person:
                raise RelayRefused("seat.taken")
            if connection == ticket.connection and not same_person:
                raise RelayRefused("ticket.mismatch")

    def seat(self, ticket: SeatTicket, peer: int | None) -> None:
        """Seat the ticket's connection, or change what its seat may do."""
        self.check(ticket)
        for connection in self._others_of(ticket):
            self._leave(connection)
        seat = self._seats.setdefault(ticket.connection, Seat(ticket, peer))
        seat.ticket = ticket
        seat.peer = peer
        self._remap()

    def connect(self, connection: str, peer: int) -> None:
        """The connection's transport has its keys now."""
        if connection in self._seats:
            self._seats[connection].peer = peer
            self._remap()

    def unseat(self, connection: str) -> None:
        """Stop forwarding both ways, at once. Idempotent."""
        if connection in self._seats:
            self._leave(connection)
            self._remap()

    def expire(self, now: float) -> list[str]:
        """Unseat those whose lease nobody renewed; returns their connections."""
        expired = [name for name, seat in self._seats.items() if seat.ticket.expires_at <= now]
        for connection in expired:
            self._leave(connection)
            self._emit(connection, LeaseExpired())
        if expired:
            self._remap()
        return expired

    def judge(self, now: dict[str, LineQuality]) -> None:
        """The lines of those connected, once a second; everybody is told when it changes.

        The signalling side passes it on to hosts alone.
        """
        if self._health.hear({name: now[name] for name in self._seats if name in now}):
            for connection in self._seats:
                self._emit(connection, self.lines)

    @property
    def lines(self) -> LinesChanged:
        """Whose line is not good now."""
        found = (
            SeatLine(seat.ticket.seat, self._health.of(name)) for name, seat in self._seats.items()
        )
        return LinesChanged(tuple(line for line in found if line.quality is not LineQuality.GOOD))

    def mapping_of(self, connection: str) -> SlotsMapped:
        """What the connection's slots carry now."""
        seat = self._seats.get(connection)
        return SlotsMapped(describe(seat.mapping) if seat else ())

    def _others_of(self, ticket: SeatTicket) -> list[str]:
        """The same person's other connections: one live seat per account, the newest wins."""
        return [
            connection
            for connection, seat in self._seats.items()
            if seat.ticket.person == ticket.person and connection != ticket.connection
        ]

    def _leave(self, connection: str) -> None:
        seat = self._seats.pop(connection)
        if seat.peer is not None:
            self._engine.allow(seat.peer, frozenset())
            self._demand.end(seat.peer)
            for slot in seat.legs:
                self._engine.remove_leg(seat.peer, slot)
            self._map_legs(seat.peer, {})
        if seat.mapping:
            self._emit(connection, SlotsMapped(()))

    def _remap(self) -> None:
        tickets = [seat.ticket for seat in self._seats.values()]
        for connection, seat in self._seats.items():
            if seat.peer is not None:
                self._engine.allow(seat.peer, seat.ticket.may_send)
                self._demand.begin(seat.peer, partial(self._tell_layers, connection))
        peers = {seat.ticket.seat: seat.peer for seat in self._seats.values()}
        for connection, seat in self._seats.items():
            mapping = mapping_for(seat.ticket, tickets)
            self._change_legs(seat, mapping, peers)
            if mapping != seat.mapping:
                seat.mapping = mapping
                self._emit(connection, SlotsMapped(describe(mapping)))

    def _tell_layers(self, connection: str, largest: str) -> None:
        self._emit(connection, LayersWanted(largest))

    def _change_legs(self, seat: Seat, mapping: Mapping, peers: dict[int, int | None]) -> None:
        """Legs run between peers, not places: a place whose peer changed gets a new leg."""
        if seat.peer is None:
            return
        wanted: Mapping = {}
        for slot, (place, source) in mapping.items():
            peer = peers[place]
            if peer is not None:
                wanted[slot] = (peer, source)
        for slot in seat.legs.keys() - wanted.keys():
            self._engine.remove_leg(seat.peer, slot)
        for slot, (peer, source) in wanted.items():
            if seat.legs.get(slot) != (peer, source):
                self._engine.add_leg(peer, source, seat.peer, slot)
        if seat.legs != wanted:
            self._map_legs(seat.peer, wanted)
        seat.legs = wanted
