"""One receiving line of one viewer: a single continuous stream, whoever it carries.

The GCM rule: the same SSRC and sequence number MUST never be protected with other bytes. So
the stream's counters outlive every leg, a new leg begins after the last number given out,
each position is given out once, and repairs go through RTX with numbers of their own.
"""

import math
import secrets
from dataclasses import dataclass, field
from struct import Struct

from media_relay.departures import Departures
from media_relay.inbound import Inbound, Received
from media_relay.rtp import (
    EXTENDED,
    HEADER,
    ONE_BYTE,
    PADDED,
    SEQUENCE,
    VERSION,
    extend,
    padding_of,
    wrap_rtx,
)
from media_relay.vp8 import Descriptor, renumber

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
# What takes the place of a packet that was padding alone.
_FILLER = padding_of(4)
_PROBE = padding_of(PROBE_OCTETS)
# One extension of one word (RFC 8285, one-byte form).
_NUMBERED_HEADER = Struct("!BBHLLLBHB")
_NUMBERED_OCTETS = _NUMBERED_HEADER.size
_NUMBERED = VERSION | EXTENDED
_ONE_WORD = ONE_BYTE << 16 | 1


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


class Headers:
    """Writes the headers of one SSRC.

    All that goes to one viewer is numbered in its `departures` (where the slot has numbers);
    there are no other extensions: the relay's SSRCs say what a browser must know.
    """

    def __init__(
        self, ssrc: int, payload_type: int, transport_cc: int, departures: Departures
    ) -> None:
        self._ssrc = ssrc
        self._payload_type = payload_type
        self._extension = transport_cc << 4 | 1 if transport_cc else 0
        self._departures = departures

    def write(
        self,
        sequence: int,
        timestamp: int,
        octets: int,
        now: float,
        marker: int = 0,
        *,
        bits: int = 0,
    ) -> bytes:
        """The header before so many octets that leave now."""
        second, sequence = marker | self._payload_type, sequence & 0xFFFF
        if not self._extension:
            return HEADER.pack(VERSION | bits, second, sequence, timestamp, self._ssrc)
        return _NUMBERED_HEADER.pack(
            _NUMBERED | bits,
            second,
            sequence,
            timestamp,
            self._ssrc,
            _ONE_WORD,
            self._extension,
            self._departures.depart(now, _NUMBERED_OCTETS + octets),
            0,
        )


class SlotStream:
    """Turns the packets of changing sources into one stream.

    `departures` is where everything that leaves for the viewer is numbered.
    """

    def __init__(self, spec: SlotSpec, departures: Departures) -> None:
        self.spec = spec
        self._write = Headers(spec.ssrc, spec.payload_type, spec.transport_cc, departures).write
        self._rtx_headers = (
            None
            if spec.rtx_payload_type is None
            else Headers(spec.rtx_ssrc, spec.rtx_payload_type, spec.transport_cc, departures)
        )
        self.is_video = spec.is_video
        self.packets = 0
        self.octets = 0
        first = spec.first
        self._position = (1 << 16) + first.sequence
        self._timestamp = first.timestamp
        self._picture_id = first.picture_id
        self._tl0 = first.tl0
        self._at = 0.0
        # The newest descriptor with a picture id, and with a tl0, since the source began.
        self._numbered: Descriptor | None = None
        self._layered: Descriptor | None = None
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

    def began_before(self, position: int) -> bool:
        """True if the present source began with an older packet than this one."""
        return self._shift is not None and self._shift.first < position

    def restart(self) -> None:
        """Forget the source; the next begins at a key frame, after the last number."""
        self._settle()
        self._shift = None
        self._resent.clear()

    def can_begin(self, received: Received) -> bool:
        """A leg MUST begin where a decoder can: at a key frame, for video."""
        if not received.octets:
            return False
        return not self.spec.is_video or received.starts_key_frame

    def begin(self, received: Received, now: float) -> None:
        """Continue the stream with this packet of a new source.

        By the clock on which both came, delays taken out: whatever a switch adds to the time
        between two frames, every later frame waits at the viewer.
        """
        self._settle()
        elapsed = int((received.at - self._at) * self.spec.clock_rate) if self._at else 1
        descriptor = received.descriptor
        self._shift = _Shift(
            first=received.position,
            position=self._position + 1 - received.position,
            timestamp=self._timestamp + max(1, elapsed) - received.timestamp,
            picture_id=self._picture_id + 1 - descriptor.picture_id if descriptor else 0,
            tl0=self._tl0 + 1 - descriptor.tl0 if descriptor else 0,
            at=now,
        )

    def forward(self, received: Received, now: float) -> bytes | None:
        """The packet as the viewer gets it, unprotected; None when it is before the leg."""
        shift = self._shift
        if shift is None or received.position < shift.first:
            return None
        position = received.position + shift.position
        timestamp = (received.timestamp + shift.timestamp) & 0xFFFFFFFF
        descriptor, octets = received.descriptor, received.octets
        if position > self._position:
            self._position, self._timestamp, self._at = position, timestamp, received.at
            if descriptor is not None:
                if descriptor.has_picture_id:
                    self._numbered = descriptor
                if descriptor.has_tl0:
                    self._layered = descriptor
        self.packets += 1
        self.octets += octets
        if not octets:
            return self._write(position, timestamp, len(_FILLER), now, bits=PADDED) + _FILLER
        header = self._write(position, timestamp, octets, now, received.marker)
        if descriptor is None:
            return header + received.rest
        return header + renumber(descriptor, shift.picture_id, shift.tl0) + received.rest

    def resend(self, source: Inbound, sequence: int, now: float) -> bytes | None:
        """The RTX packet (RFC 4588) for a number that the viewer misses, if it can be had."""
        shift, headers = self._shift, self._rtx_headers
        if shift is None or headers is None:
            return None
        position = extend(sequence, self._position)
        received = source.at(position - shift.position)
        if received is None or received.position < shift.first or not received.octets:
            return None
        if not self._may_resend(position, now):
            return None
        self._rtx_sequence += 1
        timestamp = (received.timestamp + shift.timestamp) & 0xFFFFFFFF
        payload = wrap_rtx(position, _counters(received.descriptor, shift) + received.rest)
        header = headers.write(self._rtx_sequence, timestamp, len(payload), now, received.marker)
        return header + payload

    def keep(self, plain: bytes, protected: bytes) -> None:
        """Remember a voice's packet as it was sent; pictures are repaired through RTX."""
        if len(protected) <= VOICE_OCTETS:
            sequence = SEQUENCE.unpack_from(plain, 2)[0]
            self._kept[sequence % VOICES_KEPT] = (sequence, protected)

    def kept(self, sequence: int, now: float) -> bytes | None:
        """The very bytes that were sent under this number, if it may be sent again."""
        held = self._kept.get(sequence % VOICES_KEPT)
        if held is None or held[0] != sequence or not self._may_resend(sequence, now):
            return None
        return held[1]

    def pad(self, now: float) -> bytes | None:
        """An RTX packet of padding alone, to probe the line; receivers drop it after counting."""
        if self._rtx_headers is None:
            return None
        self._rtx_sequence += 1
        sequence, timestamp = self._rtx_sequence, self._timestamp
        write = self._rtx_headers.write
        return write(sequence, timestamp, PROBE_OCTETS, now, bits=PADDED) + _PROBE

    def _may_resend(self, position: int, now: float) -> bool:
        at, count = self._resent.get(position, (0.0, 0))
        if count >= MAX_RESENDS or now - at < RESEND_AGAIN_SECONDS:
            return False
        if len(self._resent) >= RESENDS_KEPT:
            del self._resent[next(iter(self._resent))]
        self._resent[position] = (now, count + 1)
        return True

    def _settle(self) -> None:
        """Reckon where the source leaves the counters of pictures: only its end needs them."""
        shift, numbered, layered = self._shift, self._numbered, self._layered
        if shift is not None and numbered is not None:
            self._picture_id = (numbered.picture_id + shift.picture_id) & 0x7FFF
        if shift is not None and layered is not None:
            self._tl0 = (layered.tl0 + shift.tl0) & 0xFF
        self._numbered = self._layered = None


def _counters(descriptor: Descriptor | None, shift: _Shift) -> bytes:
    """What of the payload is the viewer's own: the descriptor, renumbered."""
    if descriptor is None:
        return b""
    return renumber(descriptor, shift.picture_id, shift.tl0)
