"""A seated person with a modified client harms nobody but themselves."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_relay.control import InProcessControl
from media_relay.engine_reference import ReferenceEngine
from media_relay.node import Node
from media_relay.tickets import Source
from tests.media_relay.desk import Desk
from tests.media_relay.packets import vp8, wire
from tests.media_relay.peer import Peer
from tests.media_relay.wire_peer import WirePeer

BOUNDED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
async def mallory(relay: InProcessControl, desk: Desk) -> AsyncIterator[WirePeer]:
    peer = WirePeer("mallory")
    await peer.connect(relay, desk)
    yield peer
    peer.close()


@pytest.fixture
async def watcher(relay: InProcessControl, desk: Desk) -> AsyncIterator[WirePeer]:
    """Somebody who sends nothing and counts what arrives."""
    peer = WirePeer("watcher")
    await peer.connect(relay, desk)
    yield peer
    peer.close()


async def test_no_bytes_on_a_running_call_harm_the_other_seats(
    relay: InProcessControl, desk: Desk, mallory: WirePeer, caplog: pytest.LogCaptureFixture
) -> None:
    ana, thea = Peer("ana"), Peer("thea")
    for peer in (ana, thea):
        await peer.open(relay, desk)
    for seat, person in enumerate(("thea", "ana", "mallory"), start=1):
        await relay.seat(desk.seat(person, seat))
    await thea.until(lambda frames: frames["18"] > 5)

    @BOUNDED
    @given(
        st.sampled_from(["raw", "rtp", "rtcp", "dtls", "stun"]),
        st.binary(min_size=8, max_size=300),
        st.sampled_from([1111, 3333, 3334, 77]),
    )
    def attack(kind: str, data: bytes, ssrc: int) -> None:
        if kind == "raw":
            mallory.send(data)
        elif kind == "stun":
            mallory.send(mallory.request()[:24] + data)
        elif kind == "dtls":
            mallory.send(bytes([20 + data[0] % 44]) + data[1:])
        elif kind == "rtp":
            mallory.send_media(wire(attack_count(), ssrc=ssrc, payload=data))
        else:
            head = bytes([0x80 | data[0] & 0x3F, 192 + data[0] % 32])
            mallory.send_rtcp(head + bytes([0, len(data) // 4 - 1 & 0xFF]) + data)

    counter = iter(range(1 << 15))

    def attack_count() -> int:
        return next(counter)

    attack()
    await asyncio.sleep(0.5)
    for peer in (ana, thea):
        peer.frames.clear()
        await peer.until(lambda frames: frames["18"] > 10)
    errors = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record for record in errors if record.name != "aiortc.codecs.vpx"] == []
    for peer in (ana, thea):
        await peer.close()


async def test_a_source_without_a_right_is_dropped_whatever_the_client_sends(
    relay: InProcessControl, desk: Desk, mallory: WirePeer, watcher: WirePeer
) -> None:
    await relay.seat(desk.seat("mallory", 2, may_send=frozenset({Source.CAMERA})))
    await relay.seat(desk.seat("watcher", 3, may_send=frozenset()))
    camera, screen = {4: b"1", 10: b"h"}, {4: b"2"}
    for sequence in range(30):
        picture = vp8(picture=sequence, key=sequence == 0)
        mallory.send_media(wire(sequence, ssrc=77, payload=picture, extensions=camera))
        mallory.send_media(wire(sequence, ssrc=3333, payload=picture, extensions=screen))
        mallory.send_media(wire(sequence, ssrc=1111, payload_type=111, payload=b"opus"))
    await mallory.check()
    await watcher.hear_line(19, 30)
    assert set(watcher.media()) == {watcher.ssrc(19)}


async def test_another_codecs_payload_type_is_not_forwarded(
    relay: InProcessControl, desk: Desk, mallory: WirePeer, watcher: WirePeer
) -> None:
    await relay.seat(desk.seat("mallory", 1))
    await relay.seat(desk.seat("watcher", 2, may_send=frozenset()))
    for sequence in range(10):
        mallory.send_media(wire(sequence, ssrc=1111, payload_type=98, payload=b"other"))
    await mallory.check()
    assert watcher.media() == {}
    mallory.send_media(wire(10, ssrc=1111, payload_type=111, payload=b"opus"))
    await watcher.hear_line(3, 1)
    assert watcher.media() == {watcher.ssrc(3): 1}


async def test_a_peer_cannot_fill_the_relays_memory_with_streams(
    relay: InProcessControl, node: Node, desk: Desk, mallory: WirePeer
) -> None:
    await relay.seat(desk.seat("mallory", 1))
    for ssrc in range(10_000, 10_200):
        mallory.send_media(wire(1, ssrc=ssrc, payload=b"x", extensions={4: b"1", 10: b"h"}))
    await mallory.check()
    assert isinstance(node._engine, ReferenceEngine)
    (peer,) = node._engine._peers.values()
    assert len(peer.heard) == 24
    assert len(peer.streams) <= 24 + 3


async def test_a_replayed_packet_is_forwarded_once(
    relay: InProcessControl, desk: Desk, mallory: WirePeer, watcher: WirePeer
) -> None:
    await relay.seat(desk.seat("mallory", 1))
    await relay.seat(desk.seat("watcher", 2, may_send=frozenset()))
    packet = mallory.srtp.protect(wire(1, ssrc=1111, payload_type=111, payload=b"opus"))
    for _ in range(5):
        mallory.send(packet)
    await mallory.check()
    await watcher.hear_line(3, 1)
    assert watcher.media() == {watcher.ssrc(3): 1}
