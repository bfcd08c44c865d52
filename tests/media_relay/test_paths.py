"""ICE-lite: who proves a path gets it, and nobody else gets an answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from media_relay.control import InProcessControl, TransportClosed, TransportConnected
from media_relay.engine import Path
from media_relay.errors import Malformed
from media_relay.ice import CONSENT_SECONDS, UNPROVEN_BURST, IceServer
from media_relay.limits import AddressLimit
from media_relay.node import Node
from media_relay.stun import parse_request
from media_relay.tickets import Source
from tests.media_relay.desk import Desk
from tests.media_relay.listener import Listener
from tests.media_relay.packets import vp8, wire
from tests.media_relay.peer import Peer
from tests.media_relay.wire_peer import WirePeer

HOME = Path(0, ("192.0.2.7", 4000))
AWAY = Path(0, ("192.0.2.8", 4001))


@pytest.fixture
async def ana(node: Node) -> AsyncIterator[WirePeer]:
    peer = WirePeer("ana")
    yield peer
    peer.close()


def check_of(ufrag: str, password: str, *, nominate: bool = True, peer: str = "peer") -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:{peer}"
    message.attributes["ICE-CONTROLLING"] = 1
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


async def test_a_right_check_is_answered_with_the_address_it_came_from(
    relay: InProcessControl, desk: Desk, ana: WirePeer
) -> None:
    await ana.open(relay, desk)
    answer = await ana.check()
    assert answer.message_class == stun.Class.RESPONSE
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ana.socket.getsockname()
    assert answer.check_message_integrity(ana.password.encode())


async def test_wrong_checks_get_no_answer_at_all(
    relay: InProcessControl, desk: Desk, ana: WirePeer
) -> None:
    await ana.open(relay, desk)
    right = ana.request()
    wrong = [
        ana.request(password="guess"),
        ana.request(ufrag="nobody"),
        ana.request(change=lambda message: message.attributes.update({"ICE-CONTROLLED": 1})),
        bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)),
        right[:-1],
        right[:30] + b"\x00" + right[31:],
        b"\x00" * 20,
        b"\x01",
    ]
    for data in wrong:
        ana.send(data)
    await asyncio.sleep(0.2)
    assert ana.answers == []
    await ana.check()
    assert len(ana.answers) == 1


def test_the_path_follows_the_nomination() -> None:
    server = IceServer()
    agent = server.open("peer", 0.0)
    first = server.check(HOME, check_of(agent.ufrag, agent.password, nominate=False), 1.0)
    assert first
    assert (first.is_new_path, first.moved, agent.selected) == (True, True, HOME)
    other = server.check(AWAY, check_of(agent.ufrag, agent.password, nominate=False), 2.0)
    assert other
    assert (other.moved, agent.selected) == (False, HOME)
    moved = server.check(AWAY, check_of(agent.ufrag, agent.password), 3.0)
    assert moved
    assert (moved.is_new_path, moved.moved, agent.selected) == (False, True, AWAY)


def test_nobody_takes_the_proven_path_of_another() -> None:
    server = IceServer()
    ana, mallory = server.open("peer", 0.0), server.open("peer", 0.0)
    assert server.check(HOME, check_of(ana.ufrag, ana.password), 1.0)
    assert server.check(HOME, check_of(mallory.ufrag, mallory.password), 1.0) is None
    assert server.agent_at(HOME) is ana
    assert list(server.close(ana)) == [HOME]
    assert server.check(HOME, check_of(mallory.ufrag, mallory.password), 1.0)


def test_paths_are_bounded_and_the_chosen_one_is_kept() -> None:
    server = IceServer()
    agent = server.open("peer", 0.0)
    server.check(HOME, check_of(agent.ufrag, agent.password), 1.0)
    for port in range(30):
        path = Path(0, ("192.0.2.9", 5000 + port))
        server.check(path, check_of(agent.ufrag, agent.password, nominate=False), 1.0)
    assert len(agent.paths) == 8
    assert HOME in agent.paths


def test_consent_lasts_twenty_seconds_after_the_last_check() -> None:
    server = IceServer()
    agent = server.open("peer", 0.0)
    assert agent.has_consent(CONSENT_SECONDS - 0.1)
    server.check(HOME, check_of(agent.ufrag, agent.password), 15.0)
    assert agent.has_consent(15.0 + CONSENT_SECONDS - 0.1)
    assert not agent.has_consent(15.0 + CONSENT_SECONDS)


async def test_a_peer_that_falls_silent_is_gone_after_its_consent(
    relay: InProcessControl, node: Node, desk: Desk, ana: WirePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_relay.ice.CONSENT_SECONDS", 1.5)
    async with Listener(relay, "ana") as heard:
        await ana.connect(relay, desk)
        await heard.until(TransportConnected())
        await heard.until(TransportClosed("consent"), seconds=5)
    assert node.connections == set()


def test_unproven_addresses_are_limited_and_proven_ones_are_not() -> None:
    server = IceServer()
    agent = server.open("peer", 0.0)
    server.check(HOME, check_of(agent.ufrag, agent.password), 0.0)
    noisy = Path(0, ("198.51.100.1", 1))
    for _ in range(int(UNPROVEN_BURST)):
        server.check(noisy, check_of(agent.ufrag, "guess"), 0.0)
    assert server.check(noisy, check_of(agent.ufrag, agent.password), 0.0) is None
    assert server.check(noisy, check_of(agent.ufrag, agent.password), 1.0)
    for _ in range(int(UNPROVEN_BURST) + 1):
        assert server.check(HOME, check_of(agent.ufrag, agent.password), 0.0)


def test_one_ipv6_network_is_one_address() -> None:
    limit = AddressLimit(per_second=1, burst=2)
    assert [limit.allows(f"2001:db8::{host}", 0.0) for host in (1, 2, 3)] == [True, True, False]
    assert limit.allows("2001:db8:0:1::1", 0.0)
    assert limit.allows("2001:db8::4", 1.5)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_check_or_malformed(data: bytes) -> None:
    for each in (data, b"\x00\x01" + data, check_of("u", "p")[:20] + data):
        with pytest.raises(Malformed):
            parse_request(each)


@given(st.integers(0, 80), st.binary(min_size=1, max_size=30))
def test_a_wounded_check_is_never_authentic(at: int, graft: bytes) -> None:
    right = check_of("ufrag", "password")
    wounded = right[:at] + graft + right[at + len(graft) :]
    server = IceServer()
    agent = server.open("peer", 0.0)
    assert server.check(HOME, wounded, 0.0) is None
    assert agent.selected is None


async def test_media_moves_with_the_path(
    relay: InProcessControl, node: Node, desk: Desk, ana: WirePeer
) -> None:
    ben = Peer("ben")
    await ben.open(relay, desk)
    await ana.connect(relay, desk)
    await relay.seat(desk.seat("ana", 1, may_send=frozenset({Source.CAMERA})))
    await relay.seat(desk.seat("ben", 2))
    await ana.hear(5)
    former = ana.socket
    ana.rebind()
    await ana.check()
    asyncio.get_running_loop().remove_reader(former)
    former.close()
    # What still came by the former path is read by nobody.
    await ana.hear(20)
    key = {4: b"1", 10: b"h"}
    for sequence in range(10):
        payload = vp8(picture=sequence, key=sequence == 0)
        ana.send_media(wire(sequence, ssrc=77, payload=payload, extensions=key))
    await ben.close()


async def test_an_ice_restart_keeps_keys_lines_and_seat(
    relay: InProcessControl, node: Node, desk: Desk, ana: WirePeer
) -> None:
    ben = Peer("ben")
    await ben.open(relay, desk)
    await ana.connect(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    await relay.seat(desk.seat("ben", 2))
    await ana.hear(5)
    former, line = ana.socket, ana.ssrc(3)
    stale = ana.request()
    await ana.open(relay, desk, name="moved")
    assert ana.ssrc(3) == line
    renewed = ana.ufrag
    await ana.open(relay, desk, name="moved")
    assert ana.ufrag == renewed

    await ana.hear(5)
    ana.rebind()
    ana.answers.clear()
    ana.send(stale)
    await ana.check()
    assert len(ana.answers) == 1
    asyncio.get_running_loop().remove_reader(former)
    former.close()
    # What comes by the new way opens with the former keys, or reading it would fail.
    await ana.hear(20)
    await ben.close()


async def test_another_certificate_is_a_fresh_transport(
    relay: InProcessControl, desk: Desk, ana: WirePeer
) -> None:
    await ana.connect(relay, desk)
    line, again = ana.ssrc(3), WirePeer("ana")
    await again.open(relay, desk)
    assert again.ssrc(3) != line
    again.close()


async def test_a_node_answers_on_every_address_it_is_bound_to(desk: Desk) -> None:
    node = desk.node("127.0.0.1", "::1")
    await node.start()
    try:
        assert [candidate.address for candidate in node.candidates] == ["127.0.0.1", "::1"]
        assert {candidate.port for candidate in node.candidates} == {node.port}
        for address in ("127.0.0.1", "::1"):
            peer = Peer(f"at-{address}")
            await peer.open(InProcessControl(node), desk, address=f" {address} ")
            await peer.close()
    finally:
        await node.close()
