"""What one peer may make Python do has a bound, which strangers cannot use up for it."""

import os
from collections.abc import Iterable, Iterator

import pytest

from media_relay.engine import BATCH
from media_relay.guard import BURST, MAX_SENDERS, PER_SECOND
from tests.media_relay.engine_rig import ENGINES, Rig
from tests.media_relay.packets import pli_from, wire

SENDERS = range(1, MAX_SENDERS + 1)
VOICE, UNKNOWN = 20, 21


@pytest.fixture(params=ENGINES)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    rig = Rig(request.param)
    yield rig
    rig.close()


def heard(rig: Rig, packets: Iterable[bytes]) -> int:
    """How many of the publisher's datagrams reach the slow side."""
    count = 0
    for number, packet in enumerate(packets, start=1):
        rig.publisher.send_raw(packet)
        if number % BATCH == 0:
            count += worked_off(rig)
    return count + worked_off(rig)


def worked_off(rig: Rig) -> int:
    seen = rig.engine.run(0)
    return len(seen.rtcp) + len(seen.unlearnt)


def sealed(rig: Rig, senders: Iterable[int]) -> list[bytes]:
    return [rig.publisher.seal_rtcp(pli_from(sender)) for sender in senders]


def forged(sender: int) -> bytes:
    return pli_from(sender)[:8] + os.urandom(24)


def test_a_peer_is_heard_under_as_many_senders_as_a_browser_has_and_no_more(rig: Rig) -> None:
    assert heard(rig, sealed(rig, SENDERS)) == MAX_SENDERS
    assert heard(rig, sealed(rig, range(1000, 1020))) == 0
    assert rig.engine.counters().refused == 20
    assert heard(rig, sealed(rig, SENDERS)) == MAX_SENDERS


def test_forgeries_take_nobodys_place(rig: Rig) -> None:
    assert heard(rig, map(forged, range(1000, 1000 + 2 * MAX_SENDERS))) == 0
    assert heard(rig, sealed(rig, SENDERS)) == MAX_SENDERS


def test_who_says_more_than_any_browser_is_heard_in_part(rig: Rig) -> None:
    most = int(BURST)
    assert heard(rig, sealed(rig, [1] * (most + 50))) == most
    assert rig.engine.counters().refused == 50
    rig.now += 0.125
    assert heard(rig, sealed(rig, [1] * 500)) == PER_SECOND / 8


def test_forgeries_and_replays_use_nothing_up(rig: Rig) -> None:
    most = int(BURST)
    (first,) = sealed(rig, [1])
    assert heard(rig, [first] * most) == 1
    assert heard(rig, map(forged, [1] * most)) == 0
    assert heard(rig, sealed(rig, [1] * most)) == most - 1


def test_what_nobody_can_learn_is_bounded_too(rig: Rig) -> None:
    """The control is what has been learnt: it is taken all the same."""
    most = int(BURST)
    rig.learn(VOICE, "")
    packets = (rig.publisher.seal(wire(number, ssrc=UNKNOWN)) for number in range(most + 50))
    assert heard(rig, packets) == most
    assert rig.engine.counters().refused == 50
    rig.send(VOICE)
    (stream,) = rig.engine.streams(rig.publisher.number)
    assert stream.packets == 1
