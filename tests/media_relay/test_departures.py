"""What a viewer's transport-wide feedback tells of the way to it."""

from hypothesis import given
from hypothesis import strategies as st

from media_relay.departures import DEPARTURES, MAX_STATUSES, Departures, read_feedback
from media_relay.errors import Malformed
from media_relay.twcc import FeedbackWriter


def feedback(writer: FeedbackWriter, *arrivals: tuple[int, float]) -> bytes:
    """As a browser would write it, without the RTCP head, by the relay's own writer."""
    (packet,) = writer.write(arrivals, 7)
    return packet[12:]


def departed(count: int) -> Departures:
    departures = Departures()
    for index in range(count):
        assert departures.depart(10.0 + index / 100, 100 + index) == index & 0xFFFF
    return departures


def test_received_and_lost_are_counted_with_their_times() -> None:
    report = departed(5).digest(
        feedback(FeedbackWriter(), (0, 64.0), (1, 64.02), (2, 64.02), (4, 64.05))
    )
    assert report
    assert (report.received, report.lost, report.recovered) == (4, 1, 0)
    assert report.octets == 100 + 101 + 102 + 104
    assert (report.first_departure, report.last_departure) == (10_000_000, 10_040_000)
    assert report.last_arrival - report.first_arrival == 50_000
    assert report.least_delay == 54_000_000
    assert report.mean_delay == 54_005_000


def test_nothing_counts_twice_and_a_late_packet_is_no_loss() -> None:
    departures, writer = departed(4), FeedbackWriter()
    first = feedback(writer, (0, 1.0), (2, 1.02))
    assert departures.digest(first)
    again = departures.digest(first)
    assert again
    assert (again.received, again.lost, again.recovered) == (0, 0, 0)
    late = departures.digest(feedback(FeedbackWriter(), (1, 1.03), (3, 1.03)))
    assert late
    assert (late.received, late.lost, late.recovered) == (2, 0, 1)


def test_numbers_never_sent_or_long_gone_are_passed_over() -> None:
    departures = departed(DEPARTURES + 10)
    for number in (3, DEPARTURES + 200):
        report = departures.digest(feedback(FeedbackWriter(), (number, 1.0)))
        assert report
        assert (report.received, report.lost) == (0, 0)
    control = departures.digest(feedback(FeedbackWriter(), (DEPARTURES + 3, 1.0)))
    assert control
    assert control.received == 1


@given(st.binary(max_size=200))
def test_hostile_feedback_is_malformed_or_bounded(data: bytes) -> None:
    try:
        base, arrivals = read_feedback(data)
    except Malformed:
        assert departed(1).digest(data) is None
    else:
        assert 0 <= base <= 0xFFFF
        assert 0 < len(arrivals) <= MAX_STATUSES


@given(st.sets(st.integers(0, 300), min_size=1), st.floats(0, 1000))
def test_what_our_own_writer_says_is_read_back(numbers: set[int], start: float) -> None:
    arrivals = [(number, start + number / 1000) for number in sorted(numbers)]
    base, read = read_feedback(feedback(FeedbackWriter(), *arrivals))
    told = dict(enumerate(read, base))
    assert {number for number, at in told.items() if at is not None} == numbers
    for number, at in arrivals:
        assert abs((told[number] or 0) - at * 1_000_000) <= 250
