"""The clear descriptor before every VP8 payload (RFC 7741): what `vp8` does for objects."""

from media_relay.engine_fast.compiled import compiled
from media_relay.engine_fast.packets import octet, read16
from media_relay.engine_fast.state import Array, Record


@compiled
def describe(held: Record, data: Array, start: int, end: int) -> None:
    """Note the descriptor of a video payload; `is_described` stays 0 if it is cut short."""
    held.is_described = 0
    held.starts_key_frame = 0
    held.is_long = 0
    held.picture_id_at = held.picture_id = held.tl0_at = held.tl0 = 0
    if start >= end:
        return
    first = octet(data, start)
    position = start + 1
    if first & 0x80:
        if position >= end:
            return
        present = octet(data, position)
        position += 1
        if present & 0x80:
            position = _picture_id(held, data, start, position, end)
        if present & 0x40:
            if position >= end:
                return
            held.tl0_at = position - start
            held.tl0 = octet(data, position)
            position += 1
        if present & 0x30:
            position += 1
    if position >= end:
        return
    # The inverse key frame bit is the lowest of the frame's first byte.
    starts_frame = first & 0x10 and not first & 0x07
    held.starts_key_frame = 1 if starts_frame and not octet(data, position) & 0x01 else 0
    held.is_described = 1


@compiled
def _picture_id(held: Record, data: Array, start: int, position: int, end: int) -> int:
    """Where the next field is; at or behind `end` if this one is cut short."""
    if position >= end:
        return end
    held.picture_id_at = position - start
    held.picture_id = octet(data, position)
    if not octet(data, position) & 0x80:
        return position + 1
    if position + 1 >= end:
        return end
    held.is_long = 1
    held.picture_id = read16(data, position) & 0x7FFF
    return position + 2


@compiled
def renumber(held: Record, data: Array, start: int, picture_shift: int, tl0_shift: int) -> None:
    """Move picture id and tl0picidx of the payload at `start`, in the widths they came in."""
    if held.picture_id_at:
        at = start + held.picture_id_at
        moved = held.picture_id + picture_shift
        if held.is_long:
            data[at] = 0x80 | (moved >> 8 & 0x7F)
            data[at + 1] = moved & 0xFF
        else:
            data[at] = moved & 0x7F
    if held.tl0_at:
        data[start + held.tl0_at] = (held.tl0 + tl0_shift) & 0xFF


@compiled
def blank(held: Record) -> None:
    """No descriptor: an empty packet, or sound."""
    held.is_described = 0
    held.starts_key_frame = 0
    held.picture_id_at = held.picture_id = held.tl0_at = held.tl0 = 0
