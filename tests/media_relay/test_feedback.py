"""Transport-wide feedback and sender clocks say what happened."""

from struct import unpack_from

from hypothesis import given
from hypothesis import strategies as st

from media_relay.clocks import SenderClock
from media_relay.rtcp import SenderReport
from media_relay.twcc import MAX_PACKETS, FeedbackWriter


def read_feedback(data: bytes) -> dict[int, float | None]:
    """An independent reader: arrival (seconds) or None for lost, by 16-bit number."""
    first, kind, length = unpack_from("!BBH", data)
    assert (first & 0x1F, kind, 4 * length + 4) == (15, 205, len(data))
    end = len(data) - (data[-1] if first & 0x20 else 0)
    base, count, reference = unpack_from("!HHL", data, 12)
    position = 20
    symbols: list[int] = []
    while len(symbols) < count:
        (chunk,) = unpack_from("!H", data, position)
        position += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    assert not any(symbols[count:])
    at = (reference >> 8) * 0.064
    found: dict[int, float | None] = {}
    for index, symbol in enumerate(symbols[:count]):
        number = (base + index) & 0xFFFF
        found[number] = None
        if symbol:
            (delta,) = unpack_from("!B" if symbol == 1 else "!h", data, position)
            position += symbol
            at += delta * 0.00025
            found[number] = at
    assert position <= end <= len(data)
    return found


def test_arrivals_and_losses_are_told() -> None:
    (data,) = FeedbackWriter().write([(10, 5.0), (11, 5.01), (14, 5.2)], 7)
    told = read_feedback(data)
    assert list(told) == [10, 11, 12, 13, 14]
    assert told[12] is None
    assert abs((told[14] or 0) - 5.2) < 0.001


def test_a_gap_between_two_reports_is_loss() -> None:
    writer = FeedbackWriter()
    writer.write([(10, 5.0)], 7)
    (data,) = writer.write([(13, 5.1)], 7)
    told = read_feedback(data)
    assert [told[number] for number in (11, 12)] == [None, None]


def test_numbers_wrap() -> None:
    (data,) = FeedbackWriter().write([(65_535, 1.0), (1, 1.02), (0, 1.01)], 7)
    assert list(read_feedback(data)) == [65_535, 0, 1]


@given(
    st.lists(st.tuples(st.integers(0, 65_535), st.floats(0, 100_000, allow_nan=False)), max_size=60)
)
def test_every_arrival_is_told_whatever_the_numbers(arrivals: list[tuple[int, float]]) -> None:
    told: dict[int, float | None] = {}
    for data in FeedbackWriter().write(arrivals, 7):
        assert len(data) <= 1200
        part = read_feedback(data)
        assert len(part) <= MAX_PACKETS
        told |= {number: at for number, at in part.items() if at is not None}
    assert {number for number, _ in arrivals} == set(told)


def test_a_report_is_translated_to_the_relays_clock() -> None:
    clock = SenderClock()
    clock.hear(SenderReport(7, 1000 << 32, 90_000), now=50.0, ntp_now=5000.0)
    assert clock.timestamp_at(7, 5001.0, 90_000) == 180_000
    assert clock.timestamp_at(8, 5001.0, 90_000) is None


def test_the_fastest_trip_sets_one_offset_for_all_streams() -> None:
    clock = SenderClock()
    clock.hear(SenderReport(7, 1000 << 32, 0), now=50.0, ntp_now=5000.2)
    clock.hear(SenderReport(8, 1001 << 32, 0), now=51.0, ntp_now=5001.0)
    assert clock.timestamp_at(7, 5001.0, 1000) == 1000
    assert clock.timestamp_at(8, 5001.0, 1000) == 0


def test_a_receiver_report_echoes_the_senders_clock() -> None:
    clock = SenderClock()
    clock.hear(SenderReport(7, 0x1234_5678_9ABC_DEF0, 0), now=50.0, ntp_now=5000.0)
    assert clock.echoes(51.5) == {7: (0x5678_9ABC, 98_304)}


def test_a_report_from_before_a_leg_began_says_nothing_about_it() -> None:
    """The control is the same report for a leg that began before it."""
    clock = SenderClock()
    clock.hear(SenderReport(7, 5000 << 32, 90_000), now=10.0, ntp_now=5000.0)
    assert clock.timestamp_at(7, 5001.0, 90_000, since=9.0) == 180_000
    assert clock.timestamp_at(7, 5001.0, 90_000, since=11.0) is None
    clock.hear(SenderReport(7, 5002 << 32, 90_000), now=12.0, ntp_now=5002.0)
    assert clock.timestamp_at(7, 5003.0, 90_000, since=11.0) == 180_000
