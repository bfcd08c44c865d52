"""RTP and VP8 packets made by hand."""

from struct import pack

from media_relay.rtp import RtpPacket


def vp8(
    *,
    picture: int | None = None,
    tl0: int | None = None,
    key: bool = False,
    starts: bool = True,
    is_long: bool = True,
    body: bytes = b"frame",
) -> bytes:
    """A payload with its descriptor; `body` follows the frame's first byte."""
    present = (0x80 if picture is not None else 0) | (0x40 if tl0 is not None else 0)
    head = bytes([(0x80 if present else 0) | (0x10 if starts else 0)])
    if present:
        head += bytes([present])
    if picture is not None:
        head += pack("!H", 0x8000 | picture) if is_long else bytes([picture])
    if tl0 is not None:
        head += bytes([tl0])
    return head + bytes([0x10 if key else 0x11]) + body


def rtp(sequence: int, *, timestamp: int = 0, payload: bytes = b"x", ssrc: int = 7) -> RtpPacket:
    return RtpPacket(False, 96, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, payload)


def wire(
    sequence: int,
    *,
    ssrc: int,
    payload_type: int = 96,
    timestamp: int = 0,
    payload: bytes = b"x",
    extensions: dict[int, bytes] | None = None,
) -> bytes:
    """A packet as bytes, with one-byte header extensions."""
    block = b"".join(
        bytes([number << 4 | len(value) - 1]) + value
        for number, value in (extensions or {}).items()
    )
    block += bytes(-len(block) % 4)
    first = 0x90 if block else 0x80
    head = pack("!BBHLL", first, payload_type, sequence & 0xFFFF, timestamp, ssrc)
    if block:
        head += pack("!HH", 0xBEDE, len(block) // 4) + block
    return head + payload


def pli_from(sender: int, media: int = 7) -> bytes:
    """A request for a key frame under this SSRC of its sender."""
    return pack("!BBHLL", 0x81, 206, 2, sender, media)
