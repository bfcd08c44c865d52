"""RTP packets (RFC 3550, 8285, 4588): parse and write, every length checked."""

from dataclasses import dataclass
from struct import Struct

from media_relay.errors import Malformed

HEADER = Struct("!BBHLL")
_EXTENSION_HEADER = Struct("!HH")
SEQUENCE = Struct("!H")
# The first byte: version 2, and the bits for padding at the end and for an extension.
VERSION, PADDED, EXTENDED = 0x80, 0x20, 0x10
# The second byte's highest bit.
MARKER = 0x80
ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000


@dataclass(slots=True)
class RtpPacket:
    """One packet without its SRTP layer. `padding` counts bytes after the payload."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    padding: int = 0
    extension_profile: int = 0
    extension: bytes = b""


def parse_rtp(data: bytes) -> RtpPacket:
    """The packet, or Malformed."""
    if len(data) < 12:
        raise Malformed("rtp.short")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise Malformed("rtp.version")
    start = 12 + 4 * (first & 0x0F)
    profile, extension = 0, b""
    if first & 0x10:
        if len(data) < start + 4:
            raise Malformed("rtp.extension")
        profile, words = _EXTENSION_HEADER.unpack_from(data, start)
        extension = data[start + 4 : start + 4 + 4 * words]
        if len(extension) != 4 * words:
            raise Malformed("rtp.extension")
        start += 4 + 4 * words
    end = len(data)
    padding = 0
    if first & 0x20:
        padding = data[-1]
        if not padding or padding > end - start:
            raise Malformed("rtp.padding")
    if start > end - padding:
        raise Malformed("rtp.short")
    return RtpPacket(
        bool(second & 0x80),
        second & 0x7F,
        sequence,
        timestamp,
        ssrc,
        data[start : end - padding],
        padding,
        profile,
        extension,
    )


def padding_of(octets: int) -> bytes:
    """What stands for a payload that is padding alone: its last byte counts it."""
    return bytes(octets - 1) + bytes([octets])


def header_extensions(packet: RtpPacket) -> dict[int, bytes]:
    """Extension values by id (RFC 8285); a truncated block gives what is whole in it."""
    if packet.extension_profile == ONE_BYTE:
        return _one_byte_extensions(packet.extension)
    if packet.extension_profile & 0xFFF0 == _TWO_BYTE:
        return _two_byte_extensions(packet.extension)
    return {}


def _one_byte_extensions(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position < len(block):
        number, length = block[position] >> 4, (block[position] & 0x0F) + 1
        position += 1
        if number == 0:
            continue
        value = block[position : position + length]
        if number == 15 or len(value) != length:
            break
        found[number] = value
        position += length
    return found


def _two_byte_extensions(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position + 1 < len(block):
        number, length = block[position], block[position + 1]
        if number == 0:
            position += 1
            continue
        value = block[position + 2 : position + 2 + length]
        if len(value) != length:
            break
        found[number] = value
        position += 2 + length
    return found


def unwrap_rtx(packet: RtpPacket) -> RtpPacket | None:
    """The repaired packet inside an RTX one (RFC 4588), None for a bandwidth probe."""
    if len(packet.payload) <= 2:
        return None
    original = SEQUENCE.unpack_from(packet.payload)[0]
    return RtpPacket(
        packet.marker,
        packet.payload_type,
        original,
        packet.timestamp,
        packet.ssrc,
        packet.payload[2:],
    )


def wrap_rtx(sequence: int, payload: bytes) -> bytes:
    """The payload of the RTX packet that repairs `sequence`."""
    return SEQUENCE.pack(sequence & 0xFFFF) + payload


def extend(sequence: int, highest: int) -> int:
    """The 16-bit sequence number as one that never wraps, the nearest to `highest`."""
    delta = (sequence - highest) & 0xFFFF
    return highest + (delta - 0x10000 if delta & 0x8000 else delta)
