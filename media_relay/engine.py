"""The engine: the part of the relay that sees every packet.

It works in batches: `run` reads what a socket holds, forwards it along the legs, and returns
only what the slow side must see. Two implementations are possible behind this interface; the
plain-Python one (`engine_reference`) is the readable one and the oracle for any other.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from media_relay.inbound import ReceptionReport
from media_relay.outbound import SlotSpec
from media_relay.tickets import Source

# As the socket gives it: (host, port), with flow and scope for IPv6.
Address = tuple[Any, ...]


class SrtpProfile(StrEnum):
    """The SRTP protections on offer, best first (RFC 7714, RFC 3711)."""

    AEAD_AES_128_GCM = "SRTP_AEAD_AES_128_GCM"
    AEAD_AES_256_GCM = "SRTP_AEAD_AES_256_GCM"
    AES128_CM_SHA1_80 = "SRTP_AES128_CM_SHA1_80"


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master key and salt of each direction, from the DTLS handshake."""

    profile: SrtpProfile
    receive: bytes = field(repr=False)
    send: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Path:
    """One way to a peer: which of our sockets, and its address."""

    socket: int
    address: Address


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One SSRC of a peer, learnt: what it sends and how."""

    ssrc: int
    source: Source
    layer: str
    payload_type: int
    is_rtx: bool
    repairs: bool


@dataclass(frozen=True, slots=True)
class LegReport:
    """A leg that is carrying media, for its sender report."""

    ssrc: int
    packets: int
    octets: int
    source_peer: int
    source_ssrc: int
    timestamp_shift: int
    clock_rate: int
    began_at: float


@dataclass(slots=True)
class Seen:
    """What one batch left for the slow side."""

    strangers: list[tuple[Path, bytes]] = field(default_factory=list)
    rtcp: list[tuple[int, bytes]] = field(default_factory=list)
    unlearnt: list[tuple[int, bytes]] = field(default_factory=list)


class Engine(Protocol):
    """MUST NOT raise for anything that arrives: hostile bytes are dropped and counted."""

    def add_peer(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        """A peer after its handshake. `transport_cc` is the header extension's id, or 0."""
        ...

    def remove_peer(self, peer: int) -> None:
        """Forget the peer, its keys, its paths and every leg from and to it."""
        ...

    def bind(self, peer: int, path: Path) -> None:
        """Packets from this path are the peer's."""
        ...

    def unbind(self, path: Path) -> None:
        """Packets from this path are nobody's."""
        ...

    def send_over(self, peer: int, path: Path) -> None:
        """From now on packets to the peer take this path."""
        ...

    def learn(self, peer: int, stream: StreamSpec) -> None:
        """What an SSRC of this peer carries; the newest word on a layer wins."""
        ...

    def take(self, peer: int, plain: bytes) -> None:
        """Forward an unlearnt packet after all: its stream has been learnt from it."""
        ...

    def allow(self, peer: int, sources: frozenset[Source]) -> None:
        """Packets of every other source of this peer are dropped on arrival."""
        ...

    def add_leg(self, source_peer: int, source: Source, viewer: int, slot: int) -> None:
        """Let a viewer's slot carry this source, from its next key frame on."""
        ...

    def remove_leg(self, viewer: int, slot: int) -> None:
        """Let the slot fall silent. Idempotent."""
        ...

    def run(self, socket: int) -> Seen:
        """Read one batch from this socket, forward it, return the rest."""
        ...

    def send_raw(self, path: Path, data: bytes) -> None:
        """Send bytes as they are (STUN, DTLS)."""
        ...

    def send_rtcp(self, peer: int, data: bytes) -> None:
        """Protect and send RTCP."""
        ...

    def resend(self, viewer: int, ssrc: int, sequences: list[int]) -> None:
        """Answer a viewer's NACK from the ring, through RTX."""
        ...

    def waiting(self) -> set[tuple[int, int]]:
        """(peer, SSRC) of every flowing video stream for whose key frame a leg waits."""
        ...

    def source_of(self, viewer: int, ssrc: int) -> tuple[int, int] | None:
        """(peer, SSRC) of the stream that a viewer's slot carries now."""
        ...

    def due_holes(self, peer: int, now: float, again: float) -> dict[int, list[int]]:
        """The sequence numbers to ask this peer for, by SSRC; anew after `again` seconds."""
        ...

    def take_arrivals(self, peer: int) -> list[tuple[int, float]]:
        """(transport-wide number, arrival in seconds) since the last call."""
        ...

    def reception(self, peer: int) -> list[ReceptionReport]:
        """Report blocks on what this peer sends."""
        ...

    def legs(self, viewer: int) -> list[LegReport]:
        """What the viewer is being sent."""
        ...
