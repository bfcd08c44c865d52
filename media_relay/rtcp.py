"""RTCP (RFC 3550, 4585) by aiortc's classes: what the relay understands, and what it says.

Transport-layer feedback is read here: aiortc does not know the transport-wide one, and makes a
number of every bit of a NACK before anybody can say that these are too many.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB,
    RTCP_RTPFB_NACK,
    RTCP_SR,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from media_relay.errors import Malformed
from media_relay.inbound import ReceptionReport

# The relay's own SSRC as a sender of feedback; it never sends media under it.
RELAY_SSRC = 1
# No browser puts so many packets into one datagram; the relay's own reports are 48.
MAX_PACKETS = 64
# Of these one datagram may bring so many, and what is beyond is not read. Nobody has more holes
# in one round trip; browsers tell of arrivals once at a time, or a few times.
MAX_NACK_PAIRS = 32
MAX_FEEDBACKS = 4
_CNAME = 1
_TRANSPORT_WIDE = 15
_LENGTH = struct.Struct("!H")
_NACK_PAIR = struct.Struct("!HH")
# Before a feedback's own fields: the common header, the SSRCs of its sender and of the media.
_FEEDBACK = struct.Struct("!BBHLL")
# No report blocks: the relay receives nothing under the SSRCs that it sends.
_SENDER_REPORT = struct.Struct("!BBHLQLLL")
# The source description that follows each report; its octets 4 to 8 are the SSRC.
_SDES = bytes(RtcpSdesPacket([RtcpSourceInfo(RELAY_SSRC, [(_CNAME, b"quietroom")])]))


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The sender's clock: this RTP timestamp was at this NTP time (32.32 bits)."""

    ssrc: int
    ntp: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers that the receiver misses."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameWanted:
    """Picture loss indication."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A receiver's echo of a sender report: (LSR, DLSR) in units of 1/65536 s."""

    last_report: int
    delay: int

    def seconds(self, ntp_now: float) -> float:
        """RFC 3550, section 6.4.1."""
        elapsed = (int(ntp_now * 65_536) - self.last_report - self.delay) & 0xFFFFFFFF
        return elapsed / 65_536


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Transport-wide feedback from its base number on: the engine reads it."""

    data: bytes


Message = SenderReport | Nack | KeyFrameWanted | RoundTrip | TransportFeedback


def parse_rtcp(data: bytes) -> list[Message]:
    """What a compound packet says that concerns the relay, or Malformed."""
    feedback, others = _split(data)
    try:
        packets = RtcpPacket.parse(others) if others else []
    except (ValueError, struct.error, IndexError):
        raise Malformed("rtcp.malformed") from None
    messages: list[Message] = [*_nacks(feedback), *_transport_feedback(feedback)]
    for packet in packets:
        if isinstance(packet, RtcpSrPacket):
            info = packet.sender_info
            messages.append(SenderReport(packet.ssrc, info.ntp_timestamp, info.rtp_timestamp))
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_PLI:
            messages.append(KeyFrameWanted(packet.media_ssrc))
        elif isinstance(packet, RtcpRrPacket):
            echoes = (block for block in packet.reports if block.lsr)
            messages += [RoundTrip(block.lsr, block.dlsr) for block in echoes]
    return messages


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """Transport-layer feedback apart from all the rest."""
    feedback, others = [], b""
    position = count = 0
    while position + 4 <= len(data):
        count += 1
        if count > MAX_PACKETS:
            raise Malformed("rtcp.too_many")
        size = 4 + 4 * _LENGTH.unpack_from(data, position + 2)[0]
        packet = data[position : position + size]
        if packet[1] == RTCP_RTPFB and len(packet) == size >= _FEEDBACK.size:
            feedback.append(packet)
        else:
            others += packet
        position += size
    return feedback, others + data[position:]


def _transport_feedback(packets: list[bytes]) -> list[TransportFeedback]:
    found = (packet for packet in packets if packet[0] & 0x1F == _TRANSPORT_WIDE)
    return [TransportFeedback(each[_FEEDBACK.size :]) for each in islice(found, MAX_FEEDBACKS)]


def _nacks(packets: list[bytes]) -> Iterator[Nack]:
    left = MAX_NACK_PAIRS
    for packet in packets:
        if packet[0] & 0x1F == RTCP_RTPFB_NACK and left:
            pairs = list(islice(_NACK_PAIR.iter_unpack(packet[_FEEDBACK.size :]), left))
            left -= len(pairs)
            ssrc = _FEEDBACK.unpack_from(packet)[-1]
            yield Nack(ssrc, tuple(number for pair in pairs for number in _numbers(*pair)))


def _numbers(first: int, following: int) -> Iterator[int]:
    """What a pair of PID and BLP names (RFC 4585, section 6.2.1)."""
    yield first
    for bit in range(16):
        if following >> bit & 1:
            yield (first + 1 + bit) & 0xFFFF


def write_nack(ssrc: int, sequences: list[int]) -> bytes:
    """A generic NACK. Sorted: aiortc packs pairs by distance, which must not be negative."""
    return bytes(RtcpRtpfbPacket(RTCP_RTPFB_NACK, RELAY_SSRC, ssrc, sorted(sequences)))


def write_pli(ssrc: int) -> bytes:
    """A picture loss indication: please send a key frame."""
    return bytes(RtcpPsfbPacket(RTCP_PSFB_PLI, RELAY_SSRC, ssrc))


def write_receiver_report(
    reports: list[ReceptionReport], last_sender_reports: dict[int, tuple[int, int]]
) -> bytes:
    """Report blocks; the dict gives (LSR, DLSR) by SSRC, so that senders learn their RTT."""
    blocks = []
    for report in reports[:31]:
        lsr, dlsr = last_sender_reports.get(report.ssrc, (0, 0))
        blocks.append(
            RtcpReceiverInfo(
                ssrc=report.ssrc,
                fraction_lost=report.fraction_lost,
                packets_lost=report.lost,
                highest_sequence=report.highest,
                jitter=report.jitter,
                lsr=lsr,
                dlsr=dlsr,
            )
        )
    return bytes(RtcpRrPacket(RELAY_SSRC, blocks)) + _sdes(RELAY_SSRC)


def write_sender_report(report: SenderReport, packets: int, octets: int) -> bytes:
    """A sender report for one of the relay's own SSRCs."""
    packets, octets = packets & 0xFFFFFFFF, octets & 0xFFFFFFFF
    words = _SENDER_REPORT.size // 4 - 1
    head = _SENDER_REPORT.pack(
        0x80, RTCP_SR, words, report.ssrc, report.ntp, report.timestamp, packets, octets
    )
    return head + _sdes(report.ssrc)


def _sdes(ssrc: int) -> bytes:
    return _SDES[:4] + ssrc.to_bytes(4, "big") + _SDES[8:]
