"""One receiving line of one viewer: a single continuous stream, whoever it carries.

The GCM rule: the same SSRC and sequence number MUST never be protected with other bytes. So
the stream's counters outlive every leg, a new leg begins after the last number given out,
each position is given out once, and repairs go through RTX with numbers of their own.
"""

import math
import secrets
from dataclasses import dataclass, field

from media_relay.inbound import Inbound, Received
from media_relay.rtp import SEQUENCE, extend, wrap_rtx, write_padding, write_rtp
from media_relay.vp8 import renumber

# A viewer that asks for one packet more often than this will not get it by asking.
MAX_RESENDS = 6
RESEND_AGAIN_SECONDS = 0.020
RESENDS_KEPT = 512
# A second and more of a voice; later than that nobody plays it.
VOICES_KEPT = 64
# Longer than any that a browser sends for speech, tag and all.
VOICE_OCTETS = 512
# All that the one byte at the end of a packet can count.
PROBE_OCTETS = 255


@dataclass(frozen=True, slots=True)
class FirstNumbers:
    """Where a slot's counters begin, so that two engines can be compared."""

    sequence: int
    timestamp: int
    picture_id: int
    tl0: int
    rtx_sequence: int

    @classmethod
    def random(cls) -> "FirstNumbers":
        """Low starts keep the first wrap, where receivers may err, away from the join."""
        return cls(
            sequence=secrets.randbelow(1 << 14),
            timestamp=secrets.randbits(32),
            picture_id=secrets.randbelow(1 << 15),
            tl0=secrets.randbelow(1 << 8),
            rtx_sequence=secrets.randbelow(1 << 14),
        )


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """The numbers that the answer promised for a receiving line.

    `transport_cc` is the id of the transport-wide number's header extension, 0 for none.
    """

    ssrc: int
    rtx_ssrc: int
    payload_type: int
    rtx_payload_type: int | None
    clock_rate: int
    is_video: bool
    transport_cc: int = 0
    first: FirstNumbers = field(default_factory=FirstNumbers.random)


@dataclass(frozen=True, slots=True)
class _Shift:
    """What a leg adds to the source's counters; `first` is the position it began at."""

    first: int
    position: int
    timestamp: int
    picture_id: int
    tl0: int
    at: float


class SlotStream:
    """Turns the packets of changing sources into one stream."""

    def __init__(self, spec: SlotSpec) -> None:
        self.spec = spec
        self.packets = 0
        self.octets = 0
        first = spec.first
        self._position = (1 << 16) + first.sequence
        self._timestamp = first.timestamp
        self._picture_id = first.picture_id
        self._tl0 = first.tl0
        self._at = 0.0
        self._shift: _Shift | None = None
        self._rtx_sequence = first.rtx_sequence
        self._resent: dict[int, tuple[float, int]] = {}
        self._kept: dict[int, tuple[int, bytes]] = {}

    @property
    def is_waiting(self) -> bool:
        """True until a packet came with which the viewer's decoder can begin."""
        return self._shift is None

    @property
    def timestamp_shift(self) -> int | None:
        """What is added to the source's RTP timestamps; None while waiting."""
        return None if self._shift is None else self._shift.timestamp

    @property
    def began_at(self) -> float:
        """When the present source began, by the engine's clock; infinity while waiting."""
        return math.inf if self._shift is None else self._shift.at

    def restart(self) -> None:
        """Forget the source; the next begins at a key frame, after the last number."""
        self._shift = None
        self._resent.clear()

    def can_begin(self, received: Received) -> bool:
        """A leg MUST begin where a decoder can: at a key frame, for video."""
        if not received.packet.payload:
            return False
        if not self.spec.is_video:
            return True
        return received.descriptor is not None and received.descriptor.starts_key_frame

    def begin(self, received: Received, now: float) -> None:
        """Continue the stream with this packet of a new source."""
        elapsed = max(1, int((now - self._at) * self.spec.clock_rate)) if self._at else 1
        descriptor = received.descriptor
        self._shift = _Shift(
            first=received.position,
            position=self._position + 1 - received.position,
            timestamp=self._timestamp + elapsed - received.packet.timestamp,
            picture_id=self._picture_id + 1 - descriptor.picture_id if descriptor else 0,
            tl0=self._tl0 + 1 - descriptor.tl0 if descriptor else 0,
            at=now,
        )

    def forward(self, received: Received, now: float) -> bytes | None:
        """The packet as the viewer gets it, unprotected; None when it is before the leg."""
        shift = self._shift
        if shift is None or received.position < shift.first:
            return None
        packet, spec = received.packet, self.spec
        position = received.position + shift.position
        timestamp = (packet.timestamp + shift.timestamp) & 0xFFFFFFFF
        if position > self._position:
            self._position, self._timestamp, self._at = position, timestamp, now
            self._remember_picture(received, shift)
        self.packets += 1
        self.octets += len(packet.payload)
        if not packet.payload:
            return write_padding(
                payload_type=spec.payload_type,
                sequence=position,
                timestamp=timestamp,
                ssrc=spec.ssrc,
            )
        return write_rtp(
            marker=packet.marker,
            payload_type=spec.payload_type,
            sequence=position,
            timestamp=timestamp,
            ssrc=spec.ssrc,
            payload=_payload(received, shift),
        )

    def resend(self, source: Inbound, sequence: int, now: float) -> bytes | None:
        """The RTX packet for a number that the viewer misses, None if it cannot be had."""
        shift, spec = self._shift, self.spec
        if shift is None or spec.rtx_payload_type is None:
            return None
        position = extend(sequence, self._position)
        received = source.at(position - shift.position)
        if received is None or received.position < shift.first or not received.packet.payload:
            return None
        if not self._may_resend(position, now):
            return None
        self._rtx_sequence += 1
        return write_rtp(
            marker=received.packet.marker,
            payload_type=spec.rtx_payload_type,
            sequence=self._rtx_sequence,
            timestamp=(received.packet.timestamp + shift.timestamp) & 0xFFFFFFFF,
            ssrc=spec.rtx_ssrc,
            payload=wrap_rtx(position, _payload(received, shift)),
        )

    def keep(self, plain: bytes, protected: bytes) -> None:
        """Remember a voice's packet as it was sent; pictures are repaired through RTX."""
        if not self.spec.is_video and len(protected) <= VOICE_OCTETS:
            sequence = SEQUENCE.unpack_from(plain, 2)[0]
            self._kept[sequence % VOICES_KEPT] = (sequence, protected)

    def kept(self, sequence: int, now: float) -> bytes | None:
        """The very bytes that were sent under this number, if it may be sent again."""
        held = self._kept.get(sequence % VOICES_KEPT)
        if held is None or held[0] != sequence or not self._may_resend(sequence, now):
            return None
        return held[1]

    def pad(self) -> bytes | None:
        """An RTX packet of padding alone, to probe the line; receivers drop it after counting."""
        if self.spec.rtx_payload_type is None:
            return None
        self._rtx_sequence += 1
        return write_padding(
            payload_type=self.spec.rtx_payload_type,
            sequence=self._rtx_sequence,
            timestamp=self._timestamp,
            ssrc=self.spec.rtx_ssrc,
            octets=PROBE_OCTETS,
        )

    def _may_resend(self, position: int, now: float) -> bool:
        at, count = self._resent.get(position, (0.0, 0))
        if count >= MAX_RESENDS or now - at < RESEND_AGAIN_SECONDS:
            return False
        if len(self._resent) >= RESENDS_KEPT:
            del self._resent[next(iter(self._resent))]
        self._resent[position] = (now, count + 1)
        return True

    def _remember_picture(self, received: Received, shift: _Shift) -> None:
        descriptor = received.descriptor
        if descriptor is None:
            return
        if descriptor.picture_id_at:
            self._picture_id = (descriptor.picture_id + shift.picture_id) & 0x7FFF
        if descriptor.tl0_at:
            self._tl0 = (descriptor.tl0 + shift.tl0) & 0xFF


def _payload(received: Received, shift: _Shift) -> bytes:
    if received.descriptor is None:
        return received.packet.payload
    return renumber(received.packet.payload, received.descriptor, shift.picture_id, shift.tl0)
