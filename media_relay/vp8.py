"""The clear descriptor before every VP8 payload (RFC 7741): read and renumbered, never decoded.

With end-to-end encryption the frame behind the descriptor is ciphertext but for its first
bytes, of which only the key frame bit is looked at.
"""

from dataclasses import dataclass

_PICTURE_ID_LONG = 0x80


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Where the counters stand in the payload (0: absent), and what it starts."""

    picture_id_at: int
    picture_id: int
    is_long: bool
    tl0_at: int
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
    position = 1
    picture_id_at = picture_id = tl0_at = tl0 = 0
    is_long = False
    if first & 0x80:
        present = payload[1]
        position = 2
        if present & 0x80:
            picture_id_at = position
            picture_id = payload[position]
            is_long = bool(picture_id & _PICTURE_ID_LONG)
            if is_long:
                picture_id = (picture_id & 0x7F) << 8 | payload[position + 1]
            position += 2 if is_long else 1
        if present & 0x40:
            tl0_at, tl0 = position, payload[position]
            position += 1
        if present & 0x30:
            position += 1
    starts_frame = bool(first & 0x10) and not first & 0x07
    # The inverse key frame bit is the lowest of the frame's first byte.
    starts_key_frame = not payload[position] & 0x01 and starts_frame
    return Descriptor(picture_id_at, picture_id, is_long, tl0_at, tl0, starts_key_frame)


def renumber(payload: bytes, descriptor: Descriptor, picture_shift: int, tl0_shift: int) -> bytes:
    """The payload with its picture id and tl0picidx moved, in the widths they came in."""
    picture_at, tl0_at = descriptor.picture_id_at, descriptor.tl0_at
    if not picture_at and not tl0_at:
        return payload
    changed = bytearray(payload)
    if picture_at:
        moved = descriptor.picture_id + picture_shift
        if descriptor.is_long:
            changed[picture_at] = _PICTURE_ID_LONG | (moved >> 8 & 0x7F)
            changed[picture_at + 1] = moved & 0xFF
        else:
            changed[picture_at] = moved & 0x7F
    if tl0_at:
        changed[tl0_at] = (descriptor.tl0 + tl0_shift) & 0xFF
    return bytes(changed)
