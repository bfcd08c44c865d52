"""RTCP (RFC 3550, 4585) by aiortc's classes: what the relay understands, and what it says."""

import struct
from dataclasses import dataclass

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
# One compound packet could ask for thousands; nobody misses more than this at once.
MAX_NACKED = 256
_CNAME = 1
_TRANSPORT_WIDE = 15
_LENGTH = struct.Struct("!H")
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
    messages: list[Message] = [TransportFeedback(each) for each in feedback]
    for packet in packets:
        if isinstance(packet, RtcpSrPacket):
            info = packet.sender_info
            messages.append(SenderReport(packet.ssrc, info.ntp_timestamp, info.rtp_timestamp))
        elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            sequences = tuple(sequence & 0xFFFF for sequence in packet.lost[:MAX_NACKED])
            messages.append(Nack(packet.media_ssrc, sequences))
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_PLI:
            messages.append(KeyFrameWanted(packet.media_ssrc))
        elif isinstance(packet, RtcpRrPacket):
            echoes = (block for block in packet.reports if block.lsr)
            messages += [RoundTrip(block.lsr, block.dlsr) for block in echoes]
    return messages


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """Transport-wide feedback, which aiortc does not know, apart from all the rest."""
    feedback, others = [], b""
    position = 0
    while position + 4 <= len(data):
        size = 4 + 4 * _LENGTH.unpack_from(data, position + 2)[0]
        packet = data[position : position + size]
        is_feedback = packet[1] == RTCP_RTPFB and packet[0] & 0x1F == _TRANSPORT_WIDE
        if is_feedback and len(packet) == size >= 12:
            feedback.append(packet[12:])
        else:
            others += packet
        position += size
    return feedback, others + data[position:]


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
