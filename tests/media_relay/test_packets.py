"""RTP, VP8 and RTCP packets: what is read is what was written, whatever arrives."""

from struct import pack

import pytest
from aiortc.rtp import HeaderExtensionsMap, RtcpPacket
from aiortc.rtp import RtpPacket as AiortcPacket
from hypothesis import given
from hypothesis import strategies as st

from media_relay.departures import Departures
from media_relay.errors import Malformed
from media_relay.inbound import ReceptionReport
from media_relay.outbound import Headers
from media_relay.rtcp import (
    MAX_FEEDBACKS,
    MAX_NACK_PAIRS,
    MAX_PACKETS,
    KeyFrameWanted,
    Nack,
    RoundTrip,
    SenderReport,
    TransportFeedback,
    parse_rtcp,
    write_nack,
    write_pli,
    write_receiver_report,
    write_sender_report,
)
from media_relay.rtp import (
    MARKER,
    PADDED,
    extend,
    header_extensions,
    padding_of,
    parse_rtp,
    unwrap_rtx,
    wrap_rtx,
)
from media_relay.vp8 import describe, renumber
from tests.media_relay.packets import rtp, vp8, wire


def test_a_packet_is_read_as_an_independent_parser_reads_it() -> None:
    data = wire(65_000, ssrc=9, timestamp=77, extensions={3: b"\x01\x02", 4: b"12"}, payload=b"abc")
    ours, theirs = parse_rtp(data), AiortcPacket.parse(data, HeaderExtensionsMap())
    assert (ours.sequence, ours.timestamp, ours.ssrc) == (65_000, 77, 9)
    assert (theirs.sequence_number, theirs.payload) == (65_000, ours.payload)
    assert header_extensions(ours) == {3: b"\x01\x02", 4: b"12"}


def test_two_byte_extensions_are_read_too() -> None:
    block = b"\x04\x0212\x0a\x01h\x00"
    data = pack("!BBHLL", 0x90, 96, 1, 2, 3) + pack("!HH", 0x1000, 2) + block + b"x"
    assert header_extensions(parse_rtp(data)) == {4: b"12", 10: b"h"}


def test_padding_is_not_payload() -> None:
    data = bytearray(wire(1, ssrc=2, payload=b"abc\x00\x00\x03"))
    data[0] |= 0x20
    packet = parse_rtp(bytes(data))
    assert (packet.payload, packet.padding) == (b"abc", 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 11,
        b"\x00" * 12,
        b"\x8f" + bytes(20),
        b"\x90" + bytes(12),
        b"\x90" + bytes(11) + b"\xbe\xde\xff\xff",
        b"\xa0" + bytes(11) + b"\x00",
        b"\xa0" + bytes(11) + b"\xff",
    ],
)
def test_lengths_that_lie_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_rtp(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_malformed(data: bytes) -> None:
    try:
        packet = parse_rtp(data)
    except Malformed:
        return
    header_extensions(packet)
    unwrap_rtx(packet)
    describe(packet.payload)


@given(st.binary(max_size=30))
def test_a_descriptor_is_renumbered_in_its_own_widths(payload: bytes) -> None:
    found = describe(payload)
    if found is not None:
        moved = renumber(found, 5, 7) + payload[found.end :]
        again = describe(moved)
        assert again is not None
        assert len(moved) == len(payload)
        assert again.starts_key_frame == found.starts_key_frame
        if found.has_picture_id:
            width = 1 << 15 if found.is_long else 1 << 7
            assert again.picture_id == (found.picture_id + 5) % width


@pytest.mark.parametrize(("key", "starts"), [(True, True), (False, True), (True, False)])
def test_a_key_frame_is_known_by_its_first_packet(key: bool, starts: bool) -> None:
    found = describe(vp8(picture=100, tl0=3, key=key, starts=starts))
    assert found is not None
    assert found.starts_key_frame == (key and starts)
    assert (found.picture_id, found.tl0) == (100, 3)


def test_a_repair_carries_the_original_number() -> None:
    repair = rtp(5, payload=wrap_rtx(65_537, b"frame"))
    original = unwrap_rtx(repair)
    assert original is not None
    assert (original.sequence, original.payload) == (1, b"frame")
    assert unwrap_rtx(rtp(5, payload=b"\x00\x01")) is None


@given(st.integers(1 << 16, 1 << 40), st.integers(-32_768, 32_767))
def test_positions_never_wrap(highest: int, delta: int) -> None:
    assert extend((highest + delta) & 0xFFFF, highest) == highest + delta


def test_what_is_written_is_read_back() -> None:
    report = SenderReport(5, 123 << 32, 456)
    data = write_pli(1) + write_nack(2, [0, 65_535, 1, 30]) + write_sender_report(report, 7, 8)
    assert b"".join(map(bytes, RtcpPacket.parse(data))) == data
    nack, pli, sender = parse_rtcp(data)
    assert pli == KeyFrameWanted(1)
    assert nack == Nack(2, (0, 1, 30, 65_535))
    assert sender == report
    block = ReceptionReport(9, 10, 11, 12, 13)
    assert parse_rtcp(write_receiver_report([block], {9: (1, 2)})) == [RoundTrip(1, 2)]


def test_the_round_trip_is_what_the_echo_did_not_wait() -> None:
    sent = 5_000_000_000.25
    echo = RoundTrip(int(sent * 65_536) & 0xFFFFFFFF, 65_536)
    assert abs(echo.seconds(sent + 1.08) - 0.08) < 0.001


@given(st.binary(max_size=300))
def test_any_rtcp_is_read_or_malformed(data: bytes) -> None:
    try:
        parse_rtcp(data)
    except Malformed:
        return


def nack_of(pairs: int) -> bytes:
    """A NACK for 17 numbers a pair."""
    return pack("!BBHLL", 0x81, 205, 2 + pairs, 1, 2) + b"\x00\x01\xff\xff" * pairs


@pytest.mark.parametrize("greedy", [nack_of(300), nack_of(5) * 20])
def test_one_datagram_cannot_ask_for_everything(greedy: bytes) -> None:
    asked = [message for message in parse_rtcp(greedy) if isinstance(message, Nack)]
    assert sum(len(nack.sequences) for nack in asked) == 17 * MAX_NACK_PAIRS
    (modest,) = parse_rtcp(nack_of(MAX_NACK_PAIRS))
    assert isinstance(modest, Nack)
    assert modest.sequences == tuple(range(1, 18)) * MAX_NACK_PAIRS


def test_one_datagram_cannot_tell_of_arrivals_all_day() -> None:
    once = pack("!BBHLLL", 0x8F, 205, 3, 1, 2, 3)
    for count in (MAX_FEEDBACKS, MAX_FEEDBACKS + 1):
        assert parse_rtcp(once * count) == [TransportFeedback(once[12:])] * MAX_FEEDBACKS


def test_a_datagram_of_countless_packets_is_malformed() -> None:
    assert len(parse_rtcp(write_pli(1) * MAX_PACKETS)) == MAX_PACKETS
    with pytest.raises(Malformed):
        parse_rtcp(write_pli(1) * (MAX_PACKETS + 1))


def test_a_written_header_has_its_number_or_no_extension() -> None:
    bare = parse_rtp(Headers(4, 96, 0, Departures()).write(65_537, 3, 1, 1.0, MARKER) + b"p")
    assert (bare.marker, bare.payload_type, bare.sequence, bare.payload) == (True, 96, 1, b"p")
    assert header_extensions(bare) == {}
    headers = Headers(4, 97, 5, Departures())
    for number in range(2):
        data = headers.write(2, 3, 9, 1.0, bits=PADDED) + padding_of(9)
        numbered = parse_rtp(data)
        assert header_extensions(numbered) == {5: bytes([0, number])}
        assert (numbered.payload_type, numbered.payload, numbered.padding) == (97, b"", 9)
