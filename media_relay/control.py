"""The control interface: all that the signalling side may ask of a relay.

Every call is acknowledged: when it returns, it has happened; RelayRefused or TicketRefused
means that nothing changed. Revocation MUST NOT depend on events: the caller awaits `unseat`,
and a lost call is bounded by the seat's lease (60 s).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from media_relay.errors import RelayRefused, TicketRefused
from media_relay.health import LineQuality, SeatLine
from media_relay.layout import RECEIVING
from media_relay.tickets import Source

if TYPE_CHECKING:
    from media_relay.node import Node

__all__ = [
    "PICTURE_MIDS",
    "InProcessControl",
    "LayersWanted",
    "LeaseExpired",
    "LineQuality",
    "LinesChanged",
    "NodeLost",
    "RelayControl",
    "RelayEvent",
    "RelayRefused",
    "SeatLine",
    "Slot",
    "SlotsMapped",
    "TicketRefused",
    "TransportClosed",
    "TransportConnected",
]


# The lines that `view` speaks of, in the order of the offer.
PICTURE_MIDS = tuple(spec.mid for spec in RECEIVING if spec.kind == "video")


@dataclass(frozen=True, slots=True)
class Slot:
    """One receiving line of the viewer's offer and whose source it carries."""

    mid: str
    source: Source
    seat: int


@dataclass(frozen=True, slots=True)
class TransportConnected:
    """The handshake is done: a seat can now be mapped within milliseconds."""


@dataclass(frozen=True, slots=True)
class TransportClosed:
    """The transport is gone: consent, handshake, peer, unseated or node.

    A transport that a fresh one replaces, or follows within two seconds, ends without a word.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class SlotsMapped:
    """What the viewer's lines carry now: the whole state, never a difference."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class LeaseExpired:
    """Nobody renewed the seat in time: it is unmapped, the transport stays."""


@dataclass(frozen=True, slots=True)
class LinesChanged:
    """The lines in the room that are not good: the whole state. MUST reach hosts only."""

    lines: tuple[SeatLine, ...]


@dataclass(frozen=True, slots=True)
class LayersWanted:
    """The largest layer of this connection's camera that anybody looks at: l, m or h.

    Larger ones need not be sent. A fresh transport sends all until it is told.
    """

    largest: str


@dataclass(frozen=True, slots=True)
class NodeLost:
    """The relay process that held the connection is gone: open a fresh transport."""


RelayEvent = (
    TransportConnected
    | TransportClosed
    | SlotsMapped
    | LeaseExpired
    | LinesChanged
    | LayersWanted
    | NodeLost
)


class RelayControl(Protocol):
    """What the signalling side sees of the relay, wherever it runs."""

    async def open_transport(self, ticket: str, offer: str) -> str:
        """The SDP answer. Again on the same connection: replaced by a fresh transport."""
        ...

    async def seat(self, ticket: str) -> None:
        """Give the connection its seat; its slots and those of the others are mapped."""
        ...

    async def move(self, ticket: str) -> None:
        """A newer seat ticket: other rights, another room, or only a renewed lease."""
        ...

    async def view(self, connection: str, widths: dict[str, int]) -> None:
        """How wide the page shows each line, in device pixels, by mid; 0 where it does not look.

        The whole state: a line that is not named counts as wide. A fresh transport begins anew.
        """
        ...

    async def unseat(self, connection: str, *, close: bool = False) -> None:
        """Stop forwarding both ways at once. The transport stays unless ``close``. Idempotent."""
        ...

    async def close_room(self, room: str) -> None:
        """Unseat and close everybody in the room. Idempotent."""
        ...

    def watch(self, connection: str) -> AsyncIterator[RelayEvent]:
        """The present state first, then every change, until the transport or node is gone."""
        ...


class InProcessControl:
    """The relay in this very process (the quick start)."""

    def __init__(self, node: "Node") -> None:
        self._node = node

    async def open_transport(self, ticket: str, offer: str) -> str:
        return await self._node.open_transport(ticket, offer)

    async def seat(self, ticket: str) -> None:
        self._node.seat(ticket)

    async def move(self, ticket: str) -> None:
        self._node.move(ticket)

    async def view(self, connection: str, widths: dict[str, int]) -> None:
        self._node.view(connection, widths)

    async def unseat(self, connection: str, *, close: bool = False) -> None:
        await self._node.unseat(connection, close=close)

    async def close_room(self, room: str) -> None:
        await self._node.close_room(room)

    def watch(self, connection: str) -> AsyncIterator[RelayEvent]:
        return self._node.watch(connection)
