"""What every message of the session socket is: a dataclass whose `type` is its word on the wire."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMessage:
    """The base of all client messages; `type` is the word on the wire."""

    type: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMessage:
    """The base of all server messages; on the wire each carries `n`, counted per connection."""

    type: ClassVar[str]
