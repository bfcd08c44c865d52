"""The engine: the part of the relay that sees every packet.

It works in batches: `run` reads what a socket holds, forwards it along the legs, and returns
only what the slow side must see. Two implementations are possible behind this interface; the
plain-Python one (`engine_reference`) is the readable one and the oracle for any other. What
it decides, it decides by rule; estimates and choices are the slow side's.

A leg carries one layer of a source to a slot. `aim` names the layer it should carry; the leg
moves there at that layer's next key frame and carries the former one until then. While the
named layer does not flow, a leg that carries nothing begins with any layer that does.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from media_relay.departures import PathReport
from media_relay.inbound import ReceptionReport
from media_relay.outbound import SlotSpec
from media_relay.tickets import Source

# Datagrams that one run reads at most.
BATCH = 64

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
class StreamCount:
    """One layer as the relay receives it: counters since it was learnt, RTP payload octets."""

    source: Source
    layer: str
    ssrc: int
    packets: int
    octets: int
    is_flowing: bool


@dataclass(frozen=True, slots=True)
class LegReport:
    """A leg that is carrying media, for its sender report and the room's health."""

    slot: int
    layer: str
    ssrc: int
    packets: int
    octets: int
    source_peer: int
    source_ssrc: int
    timestamp_shift: int
    clock_rate: int
    began_at: float


@dataclass(slots=True)
class Counters:
    """All that the engine did, for metrics: whole numbers since its start, and no ids.

    Octets are of whole datagrams. `refused` did not authenticate or parse, or was one too many
    (`guard`), `repaired` filled a publisher's hole through RTX, `resent` answered a viewer's NACK,
    `probes` were padding, `unsent` the socket did not take.
    """

    packets_in: int = 0
    octets_in: int = 0
    packets_out: int = 0
    octets_out: int = 0
    refused: int = 0
    repaired: int = 0
    resent: int = 0
    probes: int = 0
    unsent: int = 0


@dataclass(slots=True)
class Seen:
    """What one batch left for the slow side, and how many datagrams it had."""

    count: int = 0
    strangers: list[tuple[Path, bytes]] = field(default_factory=list)
    rtcp: list[tuple[int, bytes]] = field(default_factory=list)
    unlearnt: list[tuple[int, bytes]] = field(default_factory=list)


class Engine(Protocol):
    """MUST NOT raise for anything that arrives: hostile bytes are dropped and counted."""

    @property
    def profiles(self) -> frozenset[SrtpProfile]:
        """The protections that it can give: no other may be negotiated."""
        ...

    def add_peer(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        """A peer after its handshake. `transport_cc`: that extension's id as it sends, or 0.

        The peer's slots share one transport-wide sequence, which begins at 0.
        """
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
        """Let a viewer's slot carry this source. It is paused until it is aimed."""
        ...

    def aim(self, viewer: int, slot: int, layer: str | None) -> None:
        """The layer that the slot should carry ("" for a source without), None to pause it."""
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
        """Answer a viewer's NACK: through RTX from the ring, or a voice by its very bytes.

        Browsers have no RTX for voices. The protected packet MUST be sent again as it was,
        number and all: protected anew it would break the GCM rule.
        """
        ...

    def probe(self, viewer: int, slot: int, count: int) -> int:
        """Send RTX padding packets of `outbound.PROBE_OCTETS`; returns how many went out."""
        ...

    def digest(self, viewer: int, feedback: bytes) -> PathReport | None:
        """Match transport-wide feedback (RTCP 205/15, from its base number on) with departures.

        None if it is malformed. Numbers never sent, or too long ago, are passed over.
        """
        ...

    def waiting(self) -> set[tuple[int, int]]:
        """(peer, SSRC) of every flowing video stream for whose key frame a leg waits.

        A leg whose layer does not flow waits for all that do, if it carries nothing.
        """
        ...

    def source_of(self, viewer: int, ssrc: int) -> tuple[int, int] | None:
        """(peer, SSRC) of the stream that the slot with this SSRC carries now."""
        ...

    def holed(self) -> set[int]:
        """Every peer for whom `due_holes` may find something, and perhaps others."""
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

    def streams(self, peer: int) -> list[StreamCount]:
        """Every layer that this peer was heard to send and may send, by source and layer."""
        ...

    def legs(self, viewer: int) -> list[LegReport]:
        """What the viewer is being sent, by slot."""
        ...

    def counters(self) -> Counters:
        """A copy of the engine's counters."""
        ...
