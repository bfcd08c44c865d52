"""What a relay process tells Prometheus: counts without ids, so that nothing says who was there.

CPU per packet is `rate(quietroom_relay_cpu_seconds_total)` by `rate(…packets_total{way="out"})`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass

from media_relay.demand import Demand
from media_relay.engine import Counters, Engine
from media_relay.health import LineQuality
from media_relay.room import Room
from media_relay.transport import Transport

# A scraper sends a short GET at once; nobody else is served.
REQUEST_SECONDS = 5.0
MAX_REQUEST = 8192
_PREFIX = "quietroom_relay"
_WAYS = {
    "packets_in": ("packets_total", 'way="in"'),
    "packets_out": ("packets_total", 'way="out"'),
    "octets_in": ("bytes_total", 'way="in"'),
    "octets_out": ("bytes_total", 'way="out"'),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """A node at one moment."""

    counters: Counters
    rooms: int
    seats: int
    transports: int
    legs: dict[str, int]
    lines: dict[str, int]
    lost: int
    cameras: dict[str, int]


def figures_of(
    engine: Engine, demand: Demand, rooms: Collection[Room], connected: Collection[Transport]
) -> Figures:
    """Count what the node holds."""
    legs = Counter(leg.layer for each in connected for leg in engine.legs(each.peer))
    lines = Counter(str(each.quality) for each in connected)
    return Figures(
        counters=engine.counters(),
        rooms=len(rooms),
        seats=sum(len(room.connections) for room in rooms),
        transports=len(connected),
        legs={layer: legs[layer] for layer in ("", "l", "m", "h")},
        lines={quality: lines[quality] for quality in LineQuality},
        lost=sum(each.downlink.estimate.lost for each in connected),
        cameras=demand.figures,
    )


def exposition(figures: Figures) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines: list[str] = []

    def say(name: str, kind: str, values: dict[str, float]) -> None:
        lines.append(f"# TYPE {_PREFIX}_{name} {kind}")
        for label, value in values.items():
            lines.append(f"{_PREFIX}_{name}{'{' + label + '}' if label else ''} {value}")

    counted: dict[str, dict[str, float]] = {}
    for name, value in asdict(figures.counters).items():
        metric, label = _WAYS.get(name, (f"{name}_total", ""))
        counted.setdefault(metric, {})[label] = value
    for metric, values in counted.items():
        say(metric, "counter", values)
    say("cpu_seconds_total", "counter", {"": time.process_time()})
    say("rooms", "gauge", {"": figures.rooms})
    say("seats", "gauge", {"": figures.seats})
    say("transports", "gauge", {"": figures.transports})
    say("lost_lately", "gauge", {"": figures.lost})
    say("legs", "gauge", {f'layer="{layer}"': count for layer, count in figures.legs.items()})
    say("cameras", "gauge", {f'largest="{name}"': each for name, each in figures.cameras.items()})
    say("lines", "gauge", {f'quality="{name}"': count for name, count in figures.lines.items()})
    return "\n".join(lines) + "\n"


async def serve(figures: Callable[[], Figures], host: str, port: int) -> asyncio.Server:
    """Answer GET /metrics until the server is closed; OSError if the port is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(head, figures))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, limit=MAX_REQUEST)


def _response(head: bytes, figures: Callable[[], Figures]) -> bytes:
    if not head.startswith(b"GET /metrics "):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    body = exposition(figures()).encode()
    start = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
    return f"{start}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
