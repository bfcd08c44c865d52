"""RTP packets in arrays (RFC 3550, 8285, 4588): what `rtp` does for objects."""

from typing import NamedTuple

import numpy as np

from media_relay.engine_fast.compiled import compiled
from media_relay.engine_fast.state import Array

HEADER = 12
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000


class Packet(NamedTuple):
    """Where the parts of a packet lie; `end` is before the padding."""

    is_valid: bool
    marker: int
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    start: int
    end: int
    profile: int
    extension: int
    extension_end: int


@compiled
def octet(data: Array, at: int) -> int:
    """One octet, signed like every other number here; MUST lie inside."""
    return int(np.int64(data[at]))


@compiled
def address(data: Array) -> int:
    """Where the array begins in memory."""
    return int(np.int64(data.ctypes.data))


@compiled
def read16(data: Array, at: int) -> int:
    """Two octets, the higher first; MUST lie inside."""
    return octet(data, at) << 8 | octet(data, at + 1)


@compiled
def read32(data: Array, at: int) -> int:
    """Four octets, the highest first; MUST lie inside."""
    return read16(data, at) << 16 | read16(data, at + 2)


@compiled
def write16(data: Array, at: int, value: int) -> None:
    """Two octets, the higher first; MUST lie inside."""
    data[at] = value >> 8 & 0xFF
    data[at + 1] = value & 0xFF


@compiled
def write32(data: Array, at: int, value: int) -> None:
    """Four octets, the highest first; MUST lie inside."""
    write16(data, at, value >> 16)
    write16(data, at + 2, value)


@compiled
def header_length(data: Array, length: int) -> int:
    """The octets before the payload, with sources and extension; -1 if they are not all there."""
    if length < HEADER:
        return -1
    start = HEADER + 4 * (octet(data, 0) & 0x0F)
    if octet(data, 0) & 0x10:
        if length < start + 4:
            return -1
        start += 4 + 4 * read16(data, start + 2)
    return start if start <= length else -1


@compiled
def parse(data: Array, length: int) -> Packet:
    """The first `length` octets as a packet; check `is_valid` before anything else."""
    start = header_length(data, length)
    if start < 0 or octet(data, 0) >> 6 != 2:
        return Packet(False, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    end = length
    if octet(data, 0) & 0x20:
        padding = octet(data, length - 1)
        if padding == 0 or padding > length - start:
            return Packet(False, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        end = length - padding
    profile, extension = 0, start
    if octet(data, 0) & 0x10:
        extension = HEADER + 4 * (octet(data, 0) & 0x0F) + 4
        profile = read16(data, extension - 4)
    return Packet(
        True,
        octet(data, 1) >> 7,
        octet(data, 1) & 0x7F,
        read16(data, 2),
        read32(data, 4),
        read32(data, 8),
        start,
        end,
        profile,
        extension,
        start,
    )


@compiled
def number_in(data: Array, packet: Packet, wanted: int) -> int:
    """The two octets of the header extension with this id, the last of its kind; -1 if none."""
    at, size, length = 0, -1, 0
    position, end = packet.extension, packet.extension_end
    is_one_byte = packet.profile == _ONE_BYTE
    if not is_one_byte and packet.profile & 0xFFF0 != _TWO_BYTE:
        return -1
    head = 1 if is_one_byte else 2
    while position + head <= end:
        number = octet(data, position)
        if is_one_byte:
            length, number = (number & 0x0F) + 1, number >> 4
        if number == 0:
            position += 1
            continue
        if not is_one_byte:
            length = octet(data, position + 1)
        position += head
        if (is_one_byte and number == 15) or position + length > end:
            break
        if number == wanted:
            at, size = position, length
        position += length
    return read16(data, at) if size == 2 else -1


@compiled
def extend(sequence: int, highest: int) -> int:
    """See rtp.extend."""
    delta = (sequence - highest) & 0xFFFF
    return highest + (delta - 0x10000 if delta & 0x8000 else delta)
