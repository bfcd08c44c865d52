"""What Prometheus is told: counts, and nothing that names anybody."""

import asyncio
from collections.abc import Callable

from media_relay.control import InProcessControl
from media_relay.metrics import exposition, serve
from media_relay.node import Node
from tests.media_relay.desk import Desk
from tests.media_relay.packets import wire
from tests.media_relay.wire_peer import WirePeer


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


async def ask(port: int, line: bytes) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(line + b"\r\nHost: relay\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def test_a_running_call_is_counted_without_ids(
    node: Node, relay: InProcessControl, desk: Desk
) -> None:
    ana, ben = WirePeer("ana-person"), WirePeer("ben-person")
    for seat, peer in enumerate((ana, ben), start=1):
        await peer.connect(relay, desk)
        await relay.seat(desk.seat(peer.person, seat))
    for sequence in range(5):
        ana.send_media(wire(sequence, ssrc=1111, payload_type=111, payload=b"opus"))
    ana.send(b"\x80" + bytes(60))
    await until(lambda: ben.media()[ben.ssrc(3)] == 5 and node.figures.counters.refused == 1)
    text = exposition(node.figures)
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert values["quietroom_relay_rooms"] == "1"
    assert values["quietroom_relay_seats"] == "2"
    assert values['quietroom_relay_legs{layer=""}'] == "1"
    assert values["quietroom_relay_refused_total"] == "1"
    assert int(values['quietroom_relay_packets_total{way="out"}']) >= 5
    for name in ("ana", "ben", "person", 'room"', "session", "127.0.0.1"):
        assert name not in text
    ana.close()
    ben.close()


async def test_only_the_metrics_are_served(node: Node) -> None:
    server = await serve(lambda: node.figures, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert "quietroom_relay_cpu_seconds_total" in await ask(port, b"GET /metrics HTTP/1.1")
    assert (await ask(port, b"GET / HTTP/1.1")).startswith("HTTP/1.1 404")
    assert (await ask(port, b"POST /metrics HTTP/1.1")).startswith("HTTP/1.1 404")
    assert await ask(port, b"GET /" + b"x" * 20_000) == ""
    server.close()
