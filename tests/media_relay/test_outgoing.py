"""What leaves together keeps its order and its borders, whatever the kernel can do."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_relay.engine import Counters, Path
from media_relay.outgoing import MAX_SEGMENTED_OCTETS, MAX_SEGMENTS, Outbox, Outgoing, messages


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A sender and a receiver."""
    both = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for each in both:
        each.bind(("127.0.0.1", 0))
        each.setblocking(False)
    yield both[0], both[1]
    for each in both:
        each.close()


@given(st.lists(st.integers(1, 1500), max_size=200))
def test_a_message_holds_packets_of_one_size_and_perhaps_a_shorter_one(sizes: list[int]) -> None:
    packets = [bytes([number & 0xFF]) * size for number, size in enumerate(sizes)]
    cut = list(messages(packets))
    assert [packet for message in cut for packet in message] == packets
    for message in cut:
        assert 1 <= len(message) <= MAX_SEGMENTS
        assert sum(map(len, message)) <= MAX_SEGMENTED_OCTETS
        assert {len(packet) for packet in message[:-1]} <= {len(message[0])}
        assert len(message[-1]) <= len(message[0])


def test_equal_neighbours_share_a_call_and_others_do_not() -> None:
    packets = [b"aa", b"bb", b"c", b"dd", b"eee"]
    assert list(messages(packets)) == [[b"aa", b"bb", b"c"], [b"dd"], [b"eee"]]
    assert len(list(messages([b"x"] * (MAX_SEGMENTS + 1)))) == 2


@pytest.mark.parametrize("has_segments", [True, False])
def test_packets_arrive_one_by_one_and_are_counted(
    pair: tuple[socket.socket, socket.socket], has_segments: bool
) -> None:
    sender, receiver = pair
    counters = Counters()
    outgoing = Outgoing([sender], counters)
    outgoing.has_segments = outgoing.has_segments and has_segments
    outbox = Outbox()
    outbox.path = Path(0, receiver.getsockname())
    sent = [b"one", b"two", b"three", b"x"]
    for packet in sent:
        outgoing.post(outbox, packet)
    outgoing.flush()
    assert [receiver.recv(100) for _ in sent] == sent
    assert (counters.packets_out, counters.octets_out) == (4, sum(map(len, sent)))
    outgoing.flush()
    with pytest.raises(BlockingIOError):
        receiver.recv(100)


def test_what_has_no_path_or_cannot_leave_is_lost(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    sender, receiver = pair
    counters = Counters()
    outgoing = Outgoing([sender], counters)
    nowhere, refused, right = Outbox(), Outbox(), Outbox()
    refused.path = Path(0, ("127.0.0.1", 0))
    right.path = Path(0, receiver.getsockname())
    for outbox in (nowhere, refused, right):
        for packet in (b"aa", b"bb"):
            outgoing.post(outbox, packet)
    outgoing.flush()
    assert [receiver.recv(100) for _ in range(2)] == [b"aa", b"bb"]
    assert (counters.packets_out, counters.unsent) == (2, 2)
    assert outgoing.has_segments == Outgoing([sender], counters).has_segments
