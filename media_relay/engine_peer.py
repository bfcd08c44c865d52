"""What the reference engine keeps of one peer: its keys, what it sends, what its slots carry."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from media_relay.departures import Departures
from media_relay.engine import LegReport, SrtpKeys, StreamSpec
from media_relay.guard import Guard
from media_relay.inbound import Inbound
from media_relay.outbound import SlotSpec, SlotStream
from media_relay.outgoing import Outbox
from media_relay.rtp import SEQUENCE, RtpPacket, header_extensions
from media_relay.srtp import SrtpSession
from media_relay.tickets import Source

MAX_ARRIVALS = 2048


@dataclass(slots=True, eq=False)
class Leg:
    """A source on its way to a slot. `inbound` is what it carries, `layer` what it should."""

    viewer: "Peer"
    slot: int
    source_peer: int
    source: Source
    stream: SlotStream
    layer: str | None = None
    inbound: Inbound | None = None

    def rest(self) -> None:
        """Carry nothing: the next packet given out is one a decoder can begin with."""
        self.inbound = None
        self.stream.restart()


@dataclass(slots=True)
class Track:
    """One source of one peer: its layers, and the legs that carry one of them."""

    layers: dict[str, Inbound] = field(default_factory=dict)
    legs: list[Leg] = field(default_factory=list)

    def layer_of(self, inbound: Inbound) -> str:
        return next(name for name, known in self.layers.items() if known is inbound)

    def report(self, leg: Leg) -> LegReport | None:
        """None for a leg that carries nothing."""
        stream, shift = leg.stream, leg.stream.timestamp_shift
        if leg.inbound is None or shift is None:
            return None
        return LegReport(
            slot=leg.slot,
            layer=self.layer_of(leg.inbound),
            ssrc=stream.spec.ssrc,
            packets=stream.packets,
            octets=stream.octets,
            source_peer=leg.source_peer,
            source_ssrc=leg.inbound.ssrc,
            timestamp_shift=shift,
            clock_rate=stream.spec.clock_rate,
            began_at=stream.began_at,
        )

    def serves(self, leg: Leg, inbound: Inbound, now: float) -> bool:
        """True if the leg should begin with this layer as soon as it can."""
        if leg.layer is None:
            return False
        aimed = self.layers.get(leg.layer)
        if aimed is inbound:
            return True
        return leg.inbound is None and (aimed is None or not aimed.is_flowing(now))


@dataclass(slots=True)
class Stream:
    """An SSRC of the peer. RTX may come before what it repairs is known."""

    spec: StreamSpec
    inbound: Inbound | None


class Peer:
    """One peer of the reference engine."""

    def __init__(
        self, number: int, keys: SrtpKeys, slots: Sequence[SlotSpec], transport_cc: int
    ) -> None:
        self.number = number
        self.receive = SrtpSession(keys.profile, keys.receive, sends=False)
        self.guard = Guard(self.receive)
        self.send = SrtpSession(keys.profile, keys.send, sends=True)
        self.outbox = Outbox()
        self.departures = Departures()
        self.slots = [SlotStream(spec, self.departures) for spec in slots]
        self.slot_of_ssrc = {spec.ssrc: index for index, spec in enumerate(slots)}
        self.legs: dict[int, Leg] = {}
        self.transport_cc = transport_cc
        self.arrivals: deque[tuple[int, float]] = deque(maxlen=MAX_ARRIVALS)
        self.streams: dict[int, Stream] = {}
        self.heard: set[int] = set()
        self.tracks = {source: Track() for source in Source}
        self.allowed: frozenset[Source] = frozenset()

    def leg_of(self, ssrc: int) -> Leg | None:
        """The leg on the slot with this SSRC."""
        slot = self.slot_of_ssrc.get(ssrc)
        return None if slot is None else self.legs.get(slot)

    def note_arrival(self, packet: RtpPacket, now: float) -> None:
        """Keep the transport-wide number under which the peer sent the packet."""
        value = header_extensions(packet).get(self.transport_cc, b"")
        if len(value) == 2:
            self.arrivals.append((SEQUENCE.unpack(value)[0], now))
