"""What web processes and relay nodes say to each other through Redis.

Requests and replies are published, never stored: no offer and no ticket rests in Redis.
Stored are only `room → node`, `session → node`, `connection → node` and each node's figures.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff

from media_relay.control import (
    LayersWanted,
    LeaseExpired,
    LineQuality,
    LinesChanged,
    NodeLost,
    RelayEvent,
    RelayRefused,
    SeatLine,
    Slot,
    SlotsMapped,
    TicketRefused,
    TransportClosed,
    TransportConnected,
)
from media_relay.errors import Malformed
from media_relay.tickets import Source

PREFIX = "quietroom:relay"
NODES = f"{PREFIX}:nodes"
ROOMS = f"{PREFIX}:rooms"
# A node that has not written its figures for this long is gone.
HEARTBEAT_SECONDS = 0.5
DEAD_AFTER_SECONDS = 1.5
# Longer than any session; a node's death is noticed by its heartbeat, not by this.
PLACED_SECONDS = 24 * 3600

_EVENTS: dict[str, type[RelayEvent]] = {
    "connected": TransportConnected,
    "closed": TransportClosed,
    "slots": SlotsMapped,
    "expired": LeaseExpired,
    "lines": LinesChanged,
    "layers": LayersWanted,
    "lost": NodeLost,
}
_NAMES = {kind: name for name, kind in _EVENTS.items()}


def connect(url: str) -> Redis:
    """A client that finds back to Redis soon: redis-py's own waits a second between its tries."""
    retry = Retry(ConstantBackoff(0.05), retries=3)
    return Redis.from_url(url, decode_responses=True, retry=retry)


def node_key(node: str) -> str:
    """The hash with a node's load, address and heartbeat; it expires with the node."""
    return f"{PREFIX}:node:{node}"


def requests_channel(node: str) -> str:
    return f"{PREFIX}:requests:{node}"


def replies_channel(client: str) -> str:
    return f"{PREFIX}:replies:{client}"


def events_channel(connection: str) -> str:
    return f"{PREFIX}:events:{connection}"


def session_key(session: str) -> str:
    return f"{PREFIX}:session:{session}"


def connection_key(connection: str) -> str:
    return f"{PREFIX}:connection:{connection}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One control call on its way to a node."""

    id: str
    client: str
    call: str
    arguments: dict[str, Any]

    def write(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Request":
        """Malformed for anything that no Request wrote."""
        return cls(**_object(text, {"id": str, "client": str, "call": str, "arguments": dict}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Its acknowledgement: a value, or the code of a refusal."""

    id: str
    value: Any = None
    refused: str = ""

    def write(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Reply":
        """Malformed for anything that no Reply wrote."""
        return cls(**_object(text, {"id": str, "value": object, "refused": str}))

    def unwrap(self) -> Any:
        """The value; raises what the node raised."""
        if self.refused.startswith("ticket."):
            raise TicketRefused(self.refused)
        if self.refused:
            raise RelayRefused(self.refused)
        return self.value


def write_event(event: RelayEvent) -> dict[str, Any]:
    """An event as plain values."""
    return {"event": _NAMES[type(event)], **asdict(event)}


def read_event(body: Any) -> RelayEvent:
    """The event behind `write_event`'s values, or Malformed."""
    try:
        values = dict(body)
        kind = _EVENTS[values.pop("event")]
        if kind is LinesChanged:
            lines = (
                SeatLine(each["seat"], LineQuality(each["quality"])) for each in values["lines"]
            )
            return LinesChanged(tuple(lines))
        if kind is not SlotsMapped:
            return kind(**values)
        slots = (
            Slot(each["mid"], Source(each["source"]), each["seat"]) for each in values["slots"]
        )
        return SlotsMapped(tuple(slots))
    except (KeyError, ValueError, TypeError):
        raise Malformed("message.malformed") from None


def event_of(text: str) -> RelayEvent:
    """The event that was published, or Malformed."""
    try:
        return read_event(json.loads(text))
    except ValueError:
        raise Malformed("message.malformed") from None


def _object(text: str, fields: dict[str, type]) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("message.malformed") from None
    if not isinstance(body, dict) or body.keys() != fields.keys():
        raise Malformed("message.malformed")
    if not all(isinstance(body[name], kind) for name, kind in fields.items()):
        raise Malformed("message.malformed")
    return body
