"""Key frames cost everybody: they are asked for when needed, and no more often."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from media_relay.control import InProcessControl
from media_relay.feedback import KEY_FRAME_SECONDS, VIEWER_KEY_FRAME_SECONDS
from media_relay.node import Node
from media_relay.rtcp import KeyFrameWanted, parse_rtcp, write_pli
from media_relay.tickets import Source
from tests.media_relay.desk import Desk
from tests.media_relay.packets import vp8, wire
from tests.media_relay.wire_peer import WirePeer

CAMERA = {4: b"1", 10: b"h"}
NOTHING: frozenset[Source] = frozenset()


@pytest.fixture
async def ana(relay: InProcessControl, desk: Desk) -> AsyncIterator[WirePeer]:
    """Sends; sits at place 1."""
    peer = WirePeer("ana")
    await peer.connect(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    yield peer
    peer.close()


@pytest.fixture
async def ben(relay: InProcessControl, desk: Desk) -> AsyncIterator[WirePeer]:
    """Watches, once he is seated."""
    peer = WirePeer("ben")
    await peer.connect(relay, desk)
    yield peer
    peer.close()


@pytest.fixture
async def seated_ben(relay: InProcessControl, desk: Desk, ben: WirePeer) -> WirePeer:
    await relay.seat(desk.seat("ben", 2, may_send=NOTHING))
    return ben


class Camera:
    """Sends one delta frame after another, and a key frame when told."""

    def __init__(self, peer: WirePeer, ssrc: int = 77) -> None:
        self._peer = peer
        self._ssrc = ssrc
        self._sent = 0

    async def run(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.05)):
            self.send()
            await asyncio.sleep(0.05)

    def send(self, *, key: bool = False) -> None:
        payload = vp8(picture=self._sent & 0x7FFF, key=key)
        self._peer.send_media(
            wire(
                self._sent,
                ssrc=self._ssrc,
                timestamp=4500 * self._sent,
                payload=payload,
                extensions=CAMERA,
            )
        )
        self._sent += 1


def asked_of(peer: WirePeer, ssrc: int = 77) -> int:
    control = (each for each in peer.received if 192 <= each[1] <= 223)
    messages = [message for each in control for message in parse_rtcp(each)]
    return messages.count(KeyFrameWanted(ssrc))


async def test_a_new_viewer_gets_a_key_frame_asked_for_until_it_comes(
    relay: InProcessControl, desk: Desk, ana: WirePeer, ben: WirePeer
) -> None:
    camera = Camera(ana)
    await camera.run(0.5)
    assert asked_of(ana) == 0
    began = time.monotonic()
    await relay.seat(desk.seat("ben", 2, may_send=NOTHING))
    await camera.run(1.0)
    assert 2 <= asked_of(ana) <= 1 + (time.monotonic() - began) / KEY_FRAME_SECONDS
    assert not ben.media()[ben.ssrc(18)]
    camera.send(key=True)
    await ben.hear_line(18, 1)
    asked = asked_of(ana)
    await camera.run(0.6)
    assert asked_of(ana) == asked
    await ben.hear_line(18, 12)


async def test_the_first_packet_of_a_camera_is_not_lost_to_learning(
    relay: InProcessControl, desk: Desk, ana: WirePeer, ben: WirePeer
) -> None:
    await relay.seat(desk.seat("ben", 2, may_send=NOTHING))
    camera = Camera(ana)
    camera.send(key=True)
    camera.send()
    await ben.hear_line(18, 2)
    await asyncio.sleep(0.2)
    assert ben.media()[ben.ssrc(18)] == 2
    assert asked_of(ana) == 0


async def test_a_viewer_that_asks_all_the_time_is_heard_once_a_second(
    relay: InProcessControl, desk: Desk, ana: WirePeer, ben: WirePeer
) -> None:
    await relay.seat(desk.seat("ben", 2, may_send=NOTHING))
    began = time.monotonic()
    camera = Camera(ana)
    camera.send(key=True)
    await ben.hear_line(18, 1)
    for _ in range(40):
        ben.send_rtcp(write_pli(ben.ssrc(18)))
        camera.send()
        await asyncio.sleep(0.05)
    assert 2 <= asked_of(ana) <= 2 + (time.monotonic() - began) / VIEWER_KEY_FRAME_SECONDS


async def test_a_datagram_full_of_requests_looks_at_no_leg_of_others(
    node: Node, ana: WirePeer, seated_ben: WirePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control is the request itself: it goes out at once, and once."""
    ben = seated_ben
    Camera(ana).send(key=True)
    await ben.hear_line(18, 1)
    looks: list[str] = []
    waiting = node._engine.waiting

    def watched() -> set[tuple[int, int]]:
        looks.append("waiting")
        return waiting()

    monkeypatch.setattr(node._engine, "waiting", watched)
    ben.send_rtcp(write_pli(ben.ssrc(18)) * 60)
    node._read(0)
    assert looks == []
    async with asyncio.timeout(5):
        while not asked_of(ana):
            await ana.hear(1)
    assert asked_of(ana) == 1


async def test_a_silent_camera_is_not_asked(
    relay: InProcessControl, desk: Desk, ana: WirePeer, ben: WirePeer
) -> None:
    await relay.seat(desk.seat("ben", 2, may_send=NOTHING))
    await asyncio.sleep(0.7)
    assert asked_of(ana, 3333) == 0


async def test_a_layer_that_restarts_under_another_ssrc_goes_on_in_the_same_line(
    relay: InProcessControl, desk: Desk, ana: WirePeer, ben: WirePeer
) -> None:
    await relay.seat(desk.seat("ben", 2, may_send=NOTHING))
    Camera(ana).send(key=True)
    await ben.hear_line(18, 1)
    Camera(ana, ssrc=88).send(key=True)
    await ben.hear_line(18, 2)
    line = ben.ssrc(18)
    packets = [each for each in ben.received if int.from_bytes(each[8:12], "big") == line]
    first, second = (int.from_bytes(each[2:4], "big") for each in packets)
    assert second == first + 1
