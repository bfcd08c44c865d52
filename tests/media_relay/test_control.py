"""What control calls do and refuse, on a real node with aiortc's own peers."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from media_relay.control import (
    InProcessControl,
    LayersWanted,
    LeaseExpired,
    NodeLost,
    RelayRefused,
    Slot,
    SlotsMapped,
    TicketRefused,
    TransportClosed,
    TransportConnected,
)
from media_relay.node import Node
from media_relay.tickets import Source
from tests.media_relay.desk import Desk
from tests.media_relay.listener import Listener
from tests.media_relay.offers import offer
from tests.media_relay.peer import Peer
from tests.media_relay.wire_peer import WirePeer

MIC_ONLY = frozenset({Source.MIC})


@pytest.fixture
async def ana() -> AsyncIterator[Peer]:
    peer = Peer("ana")
    yield peer
    await peer.close()


@pytest.fixture
async def ben() -> AsyncIterator[Peer]:
    peer = Peer("ben")
    yield peer
    await peer.close()


async def falls_silent(count: Callable[[], object]) -> None:
    """Within 15 s a second passes in which nothing is counted: aiortc decodes behind its time."""
    before, quiet = count(), 0
    async with asyncio.timeout(15):
        while quiet < 10:
            await asyncio.sleep(0.1)
            now = count()
            quiet = quiet + 1 if now == before else 0
            before = now


async def refusal(call: object) -> str:
    with pytest.raises((RelayRefused, TicketRefused)) as caught:
        await call  # type: ignore[misc]  # any control call
    assert isinstance(caught.value, RelayRefused | TicketRefused)
    return caught.value.code


async def test_an_independent_peer_is_forwarded(
    relay: InProcessControl, desk: Desk, ana: Peer, ben: Peer
) -> None:
    for peer in (ana, ben):
        await peer.open(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    await relay.seat(desk.seat("ben", 2))
    for peer in (ana, ben):
        await peer.until(lambda frames: frames["3"] > 50 and frames["18"] > 30)


async def test_nothing_flows_before_both_have_seats(
    relay: InProcessControl, desk: Desk, ana: Peer, ben: Peer
) -> None:
    for peer in (ana, ben):
        await peer.open(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    await asyncio.sleep(1.5)
    assert not ana.frames
    assert not ben.frames
    await relay.seat(desk.seat("ben", 2))
    await ana.until(lambda frames: frames["18"] > 5)


async def test_a_seat_given_before_the_handshake_begins_with_it(
    relay: InProcessControl, desk: Desk, ana: Peer
) -> None:
    early = WirePeer("ben")
    await early.open(relay, desk)
    await relay.seat(desk.seat("ben", 2))
    await ana.open(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    await early.check()
    await early.handshake()
    for line in (3, 18):
        await early.hear_line(line, 11)
    early.close()


async def test_unseating_stops_both_directions_at_once(
    relay: InProcessControl, desk: Desk, node: Node, ana: Peer, ben: Peer
) -> None:
    for seat, peer in enumerate((ana, ben), start=1):
        await peer.open(relay, desk)
        await relay.seat(desk.seat(peer.person, seat))
    for peer in (ana, ben):
        await peer.until(lambda frames: frames["18"] > 5)
    assert any(node.figures.legs.values())
    await relay.unseat("ben")
    assert not any(node.figures.legs.values())
    await falls_silent(lambda: (dict(ana.frames), dict(ben.frames)))
    await relay.unseat("ben")


async def test_a_mic_only_seat_is_heard_and_not_seen_until_it_may(
    relay: InProcessControl, desk: Desk, ana: Peer, ben: Peer
) -> None:
    for peer in (ana, ben):
        await peer.open(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    await relay.seat(desk.seat("ben", 2, may_send=MIC_ONLY))
    await ana.until(lambda frames: frames["3"] > 30)
    assert ana.frames["18"] == 0
    await relay.move(desk.seat("ben", 2))
    await ana.until(lambda frames: frames["18"] > 5)
    await relay.move(desk.seat("ben", 2, may_send=frozenset()))
    await falls_silent(lambda: dict(ana.frames))


async def test_a_viewer_without_video_gets_audio_alone(
    relay: InProcessControl, desk: Desk, ana: Peer, ben: Peer
) -> None:
    for peer in (ana, ben):
        await peer.open(relay, desk)
    await relay.seat(desk.seat("ana", 1, may_receive_video=False))
    await relay.seat(desk.seat("ben", 2))
    await ben.until(lambda frames: frames["18"] > 5)
    assert ana.frames["3"] > 0
    assert ana.frames["18"] == 0


async def test_a_lease_that_nobody_renews_ends_the_seat_and_not_the_transport(
    relay: InProcessControl, desk: Desk, node: Node, ana: Peer, ben: Peer
) -> None:
    for peer in (ana, ben):
        await peer.open(relay, desk)
    async with Listener(relay, "ben") as heard:
        await relay.seat(desk.seat("ana", 1))
        await relay.seat(desk.seat("ben", 2, seconds=6))
        await ana.until(lambda frames: frames["18"] > 0)
        await heard.until(LeaseExpired(), seconds=15)
        await heard.until(SlotsMapped(()))
        assert "ben" in node.connections
        assert not any(isinstance(event, TransportClosed) for event in heard.events)


async def test_a_renewed_lease_goes_on(
    relay: InProcessControl, desk: Desk, ana: Peer, ben: Peer
) -> None:
    for peer in (ana, ben):
        await peer.open(relay, desk)
    await relay.seat(desk.seat("ana", 1))
    await relay.seat(desk.seat("ben", 2, seconds=2))
    await asyncio.sleep(0.3)
    await relay.move(desk.seat("ben", 2))
    await asyncio.sleep(2.9)
    frames = ana.frames["18"]
    await ana.until(lambda now: now["18"] > frames)


async def test_every_ticket_opens_once(relay: InProcessControl, desk: Desk) -> None:
    transport, seat = desk.transport("ana"), desk.seat("ana", 1)
    await relay.open_transport(transport, offer())
    await relay.seat(seat)
    assert await refusal(relay.open_transport(transport, offer())) == "ticket.replayed"
    assert await refusal(relay.seat(seat)) == "ticket.replayed"
    assert await refusal(relay.move(seat)) == "ticket.replayed"


async def test_tickets_of_another_kind_person_or_session_open_nothing(
    relay: InProcessControl, desk: Desk
) -> None:
    await relay.open_transport(desk.transport("ana"), offer())
    assert await refusal(relay.open_transport(desk.seat("ana", 1), offer())) == "ticket.wrong_kind"
    assert await refusal(relay.seat(desk.transport("ana"))) == "ticket.wrong_kind"
    mallory = desk.seat("mallory", 3, connection="ana")
    assert await refusal(relay.seat(mallory)) == "ticket.mismatch"
    elsewhere = desk.seat("ana", 1, session="elsewhere")
    assert await refusal(relay.seat(elsewhere)) == "ticket.mismatch"
    hijack = desk.transport("mallory", connection="ana")
    assert await refusal(relay.open_transport(hijack, offer())) == "ticket.mismatch"
    forged = Desk().transport("ana")
    assert await refusal(relay.open_transport(forged, offer())) == "ticket.forged"
    await relay.seat(desk.seat("ana", 1))


async def test_a_place_in_the_circle_belongs_to_one_person(
    relay: InProcessControl, desk: Desk
) -> None:
    for person in ("ana", "ben"):
        await relay.open_transport(desk.transport(person), offer())
    await relay.seat(desk.seat("ana", 1))
    assert await refusal(relay.seat(desk.seat("ben", 1))) == "seat.taken"
    await relay.seat(desk.seat("ben", 2))


async def test_a_second_device_takes_the_seat_of_the_first(
    relay: InProcessControl, desk: Desk, node: Node
) -> None:
    for connection in ("laptop", "phone"):
        await relay.open_transport(desk.transport("ana", connection=connection), offer())
    await relay.seat(desk.seat("ana", 1, connection="laptop"))
    await relay.seat(desk.seat("ana", 1, connection="phone"))
    assert await refusal(relay.move(desk.seat("ana", 1, connection="laptop"))) == "seat.unknown"
    await relay.move(desk.seat("ana", 1, connection="phone"))


async def test_a_late_renewal_does_not_bring_back_whom_the_host_removed(
    relay: InProcessControl, desk: Desk
) -> None:
    await relay.open_transport(desk.transport("ana"), offer())
    await relay.seat(desk.seat("ana", 1))
    await relay.unseat("ana")
    assert await refusal(relay.move(desk.seat("ana", 1))) == "seat.unknown"


async def test_a_replaced_transport_starts_without_a_seat(
    relay: InProcessControl, desk: Desk, node: Node
) -> None:
    first = await relay.open_transport(desk.transport("ana"), offer())
    await relay.seat(desk.seat("ana", 1))
    second = await relay.open_transport(desk.transport("ana"), offer())
    assert node.load == 1
    assert node.rooms == set()
    secrets = [line for line in first.splitlines() if line.startswith(("a=ice", "a=finger"))]
    assert not set(secrets[1:4]) & set(second.splitlines())


async def test_closing_a_room_closes_everybody_in_it_and_nobody_else(
    relay: InProcessControl, desk: Desk, node: Node
) -> None:
    for seat, person in enumerate(("ana", "ben", "cleo"), start=1):
        await relay.open_transport(desk.transport(person), offer())
        await relay.seat(desk.seat(person, seat, room="b" if person == "cleo" else "a"))
    await relay.close_room("a")
    await relay.close_room("a")
    assert node.connections == {"cleo"}
    assert node.rooms == {"b"}


async def test_a_watcher_hears_the_state_first_and_then_the_changes(
    relay: InProcessControl, desk: Desk, node: Node, ana: Peer
) -> None:
    await ana.open(relay, desk)
    async with Listener(relay, "ana") as early:
        await early.until(TransportConnected())
        await relay.seat(desk.seat("ana", 2))
        await relay.open_transport(desk.transport("ben"), offer())
        await relay.seat(desk.seat("ben", 1, may_send=MIC_ONLY))
        mapped = SlotsMapped((Slot("3", Source.MIC, 1),))
        await early.until(mapped)
        async with Listener(relay, "ana") as late:
            await late.until(mapped)
            assert late.events == [TransportConnected(), mapped, LayersWanted("h")]
            await node.close()
            await late.until(TransportClosed("node"))
            await early.until(NodeLost())


async def test_a_peer_that_says_goodbye_is_gone(
    relay: InProcessControl, desk: Desk, node: Node, ana: Peer
) -> None:
    await ana.open(relay, desk)
    async with Listener(relay, "ana") as heard:
        await heard.until(TransportConnected())
        await ana.close()
        await heard.until(TransportClosed("peer"))
    assert node.connections == set()


async def test_a_fresh_transport_after_a_goodbye_is_no_loss(
    relay: InProcessControl, desk: Desk, node: Node, ana: Peer
) -> None:
    await ana.open(relay, desk)
    async with Listener(relay, "ana") as heard:
        await heard.until(TransportConnected())
        await ana.close()
        await asyncio.sleep(0.3)
        assert node.connections == set()
        again = Peer("ana")
        await again.open(relay, desk)
        await asyncio.sleep(2.2)
        assert heard.events == [TransportConnected(), TransportConnected()]
        await again.close()


async def test_closing_twice_is_closing_once(desk: Desk) -> None:
    node = desk.node()
    await node.start()
    await node.close()
    await node.close()
    assert await refusal(node.open_transport(desk.transport("ana"), offer())) == "node.draining"


async def test_what_nobody_looks_at_is_not_sent(
    relay: InProcessControl, desk: Desk, ana: Peer, ben: Peer
) -> None:
    for seat, peer in enumerate((ana, ben), start=1):
        await peer.open(relay, desk)
        await relay.seat(desk.seat(peer.person, seat))
    await ana.until(lambda frames: frames["18"] > 5)
    await relay.view("ana", {"18": 0})
    await falls_silent(lambda: ana.frames["18"])
    pictures, voices = ana.frames["18"], ana.frames["3"]
    await ana.until(lambda frames: frames["3"] > voices + 50)
    assert ana.frames["18"] == pictures
    await relay.view("ana", {"18": 960})
    await ana.until(lambda frames: frames["18"] > pictures + 5)


async def test_a_view_of_nobody_changes_nothing(relay: InProcessControl) -> None:
    with pytest.raises(RelayRefused) as caught:
        await relay.view("nobody", {"18": 0})
    assert caught.value.code == "connection.unknown"
