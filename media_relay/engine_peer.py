"""What the reference engine keeps of one peer: its keys, what it sends, what its slots carry."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import pylibsrtp

from media_relay.departures import Departures
from media_relay.engine import Path, SrtpKeys, SrtpProfile, StreamSpec
from media_relay.inbound import Inbound
from media_relay.outbound import SlotSpec, SlotStream
from media_relay.rtp import with_extension
from media_relay.tickets import Source

MAX_ARRIVALS = 2048
# Late and repaired packets must still pass, on both sides.
REPLAY_WINDOW = 1024

_PROFILES = {
    SrtpProfile.AEAD_AES_128_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpProfile.AEAD_AES_256_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    SrtpProfile.AES128_CM_SHA1_80: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


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

    def __init__(self, keys: SrtpKeys, slots: Sequence[SlotSpec], transport_cc: int) -> None:
        self.receive = srtp_session(keys.profile, keys.receive, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self.send = srtp_session(keys.profile, keys.send, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.slots = [SlotStream(spec) for spec in slots]
        self.slot_of_ssrc = {spec.ssrc: index for index, spec in enumerate(slots)}
        self.legs: dict[int, Leg] = {}
        self.departures = Departures()
        self.transport_cc = transport_cc
        self.arrivals: deque[tuple[int, float]] = deque(maxlen=MAX_ARRIVALS)
        self.path: Path | None = None
        self.streams: dict[int, Stream] = {}
        self.heard: set[int] = set()
        self.tracks = {source: Track() for source in Source}
        self.allowed: frozenset[Source] = frozenset()

    def leg_of(self, ssrc: int) -> Leg | None:
        """The leg on the slot with this SSRC."""
        slot = self.slot_of_ssrc.get(ssrc)
        return None if slot is None else self.legs.get(slot)

    def numbered(self, plain: bytes, transport_cc: int, now: float) -> bytes:
        """The packet with its transport-wide number, where the slot carries one."""
        if not transport_cc:
            return plain
        number = self.departures.depart(now, len(plain) + 8)
        return with_extension(plain, transport_cc, number)


def srtp_session(profile: SrtpProfile, key: bytes, direction: int) -> pylibsrtp.Session:
    """libsrtp with the master key and salt of one direction."""
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=_PROFILES[profile])
    policy.window_size = REPLAY_WINDOW
    return pylibsrtp.Session(policy)
