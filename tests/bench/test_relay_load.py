"""The relay's bench would notice: what is lost, altered or given to the wrong room is counted."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import monotonic, sleep

from bench.relay_load.native import AUDIO, VIDEO, Extensions, Line, Load, Result

Deliver = Callable[[int, bytes], bytes | None]
KEYS_OF_ONE_DIRECTION = 56
MEMBERS = 8
VIDEO_INTERVAL_SECONDS = 1 / 250
# The load sends nothing while members join.
PAUSE_SECONDS = 0.15


def intact(number: int, packet: bytes) -> bytes:
    return packet


def test_what_arrives_as_it_was_sent_counts_as_delivered() -> None:
    result = watched(intact)
    assert result.delivered == result.expected == result.sent > 100
    assert result.corrupt == result.unreadable == result.duplicates == 0


def test_every_tenth_packet_away_is_lost() -> None:
    result = watched(lambda number, packet: packet if number % 10 else None)
    assert 0.08 < 1 - result.delivered / result.expected < 0.12
    assert result.corrupt == result.unreadable == 0


def test_a_flipped_bit_is_unreadable() -> None:
    def flip(number: int, packet: bytes) -> bytes:
        return packet if number % 10 else packet[:-20] + bytes([packet[-20] ^ 1]) + packet[-19:]

    result = watched(flip)
    assert result.unreadable == result.expected - result.delivered > 0


def test_a_packet_of_another_room_is_corrupt() -> None:
    result = watched(intact, room=1)
    assert result.corrupt == result.sent > 100
    assert result.delivered == 0


def test_members_do_not_send_in_step_even_after_a_pause() -> None:
    load, keys, sink = Load(), os.urandom(2 * KEYS_OF_ONE_DIRECTION), _udp()
    for number in range(MEMBERS):
        member = _udp()
        member.connect(sink.getsockname())
        line = load.add(Line(member, keys, b""), 0, number)
        named = Extensions(3, 4, 0, b"1", b"")
        load.publish(line, VIDEO, ssrc=100 + number, payload_type=96, extensions=named)
    sleep(PAUSE_SECONDS)
    with arrivals(sink) as came:
        load.run(0.5, waits=False)
    load.close()
    assert len(came) > 100
    places = sorted(places_of(came).values())
    assert len(places) == MEMBERS
    # In step they would share one place; no more than half of them may.
    half = MEMBERS // 2
    pairs = zip(places[:half], places[half:], strict=True)
    assert min(later - earlier for earlier, later in pairs) > VIDEO_INTERVAL_SECONDS / MEMBERS


@contextmanager
def arrivals(sink: socket.socket) -> Iterator[list[tuple[float, bytes]]]:
    """When each packet of media came, in seconds, and the packet."""
    came: list[tuple[float, bytes]] = []
    over = Event()

    def note() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                packet = sink.recv(2000)
                if not 192 <= packet[1] <= 223:
                    came.append((monotonic(), packet))

    thread = Thread(target=note)
    thread.start()
    yield came
    over.set()
    thread.join()


def places_of(came: list[tuple[float, bytes]]) -> dict[int, float]:
    """Where in the interval each SSRC sends, by its promptest packet: a busy machine makes
    packets late, and none early."""
    found: dict[int, float] = {}
    for at, packet in came:
        number, ssrc = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[8:12], "big")
        place = at - number * VIDEO_INTERVAL_SECONDS
        found[ssrc] = min(place, found.get(ssrc, place))
    return found


def watched(deliver: Deliver, *, room: int = 0) -> Result:
    """One member of room 0 sends for a second; another one, of `room`, watches behind a proxy."""
    sent, answered = os.urandom(KEYS_OF_ONE_DIRECTION), os.urandom(KEYS_OF_ONE_DIRECTION)
    with proxied(deliver) as (sender, watcher):
        load = Load()
        publisher = load.add(Line(sender, sent + answered, b""), 0, 0)
        load.watch(load.add(Line(watcher, answered + sent, b""), room, 1))
        for kind in (VIDEO, AUDIO):
            named = Extensions(3, 4, 0, b"1", b"")
            load.publish(publisher, kind, ssrc=100 + kind, payload_type=96, extensions=named)
        result = load.run(1.0, waits=True)
        load.close()
    return result


@contextmanager
def proxied(deliver: Deliver) -> Iterator[tuple[socket.socket, socket.socket]]:
    """(sender, watcher): what the first sends reaches the second as `deliver` says."""
    sender, watcher, between = (_udp() for _ in range(3))
    over = Event()

    def carry() -> None:
        number = 0
        while not over.is_set():
            try:
                packet, source = between.recvfrom(2000)
            except TimeoutError:
                continue
            if source != sender_address or 192 <= packet[1] <= 223:
                continue
            number += 1
            carried = deliver(number, packet)
            if carried is not None:
                between.sendto(carried, watcher_address)

    sender_address, watcher_address = sender.getsockname(), watcher.getsockname()
    for each in (sender, watcher):
        each.connect(between.getsockname())
    thread = Thread(target=carry)
    thread.start()
    try:
        yield sender, watcher
    finally:
        over.set()
        thread.join()
        between.close()


def _udp() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(0.1)
    return made
