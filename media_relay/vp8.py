"""The clear descriptor before every VP8 payload (RFC 7741): read and renumbered, never decoded.

With end-to-end encryption the frame behind the descriptor is ciphertext but for its first
bytes, of which only the key frame bit is looked at.
"""

from dataclasses import dataclass
from struct import Struct

_PICTURE_ID_LONG = 0x80
_LONG = Struct("!H")


@dataclass(slots=True)
class Descriptor:
    """What a descriptor says, cut where its counters begin and where they end.

    `lead` is what stands before the counters; they end at `end`. An absent counter is 0.
    """

    lead: bytes
    end: int
    has_picture_id: bool
    is_long: bool
    picture_id: int
    has_tl0: bool
    tl0: int
    starts_key_frame: bool


def describe(payload: bytes) -> Descriptor | None:
    """The descriptor, or None when the payload is too short to hold the one it announces."""
    try:
        return _describe(payload)
    except IndexError:
        return None


def _describe(payload: bytes) -> Descriptor:
    first = payload[0]
    present = payload[1] if first & 0x80 else 0
    lead = end = 2 if first & 0x80 else 1
    has_picture_id, has_tl0 = bool(present & 0x80), bool(present & 0x40)
    picture_id, is_long = 0, False
    if has_picture_id:
        picture_id = payload[end]
        end += 1
        is_long = bool(picture_id & _PICTURE_ID_LONG)
        if is_long:
            picture_id = (picture_id & 0x7F) << 8 | payload[end]
            end += 1
    tl0 = payload[end] if has_tl0 else 0
    end += has_tl0
    frame = end + bool(present & 0x30)
    starts_frame = bool(first & 0x10) and not first & 0x07
    # The inverse key frame bit is the lowest of the frame's first byte.
    starts_key_frame = not payload[frame] & 0x01 and starts_frame
    return Descriptor(
        payload[:lead], end, has_picture_id, is_long, picture_id, has_tl0, tl0, starts_key_frame
    )


def renumber(descriptor: Descriptor, picture_shift: int, tl0_shift: int) -> bytes:
    """The payload up to `end`, its counters moved, in the widths they came in."""
    octets = descriptor.lead
    if descriptor.is_long:
        octets += _LONG.pack(0x8000 | (descriptor.picture_id + picture_shift) & 0x7FFF)
    elif descriptor.has_picture_id:
        octets += bytes([(descriptor.picture_id + picture_shift) & 0x7F])
    if descriptor.has_tl0:
        octets += bytes([(descriptor.tl0 + tl0_shift) & 0xFF])
    return octets
