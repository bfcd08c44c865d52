"""A bad network in user space: between browsers and the relay stands a UDP proxy."""

import asyncio
import random
import socket
from dataclasses import dataclass, field
from typing import Any

Address = tuple[Any, ...]
# What waits longer than this on a narrow line is dropped.
QUEUE_SECONDS = 0.4
IP_UDP_OCTETS = 28


def _udp() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return made


@dataclass(slots=True)
class Network:
    """Loss as a share of packets each way, delay in seconds one way. `rebind` is a NAT's whim.

    `narrow` gives one browser a line of so many bits per second down, with the queue that
    ordinary access lines have: what would wait longer than that is dropped.
    """

    up_loss: float = 0.0
    down_loss: float = 0.0
    delay: float = 0.0
    relay: Address = ("127.0.0.1", 0)
    _inner: dict[Address, socket.socket] = field(default_factory=dict)
    _random: random.Random = field(default_factory=lambda: random.Random(7))
    _outer: socket.socket = field(default_factory=_udp)
    _narrow: dict[Address, float] = field(default_factory=dict)
    _free_at: dict[Address, float] = field(default_factory=dict)
    dropped: int = 0

    @property
    def port(self) -> int:
        return int(self._outer.getsockname()[1])

    def open(self, relay_port: int) -> None:
        self.relay = ("127.0.0.1", relay_port)
        asyncio.get_running_loop().add_reader(self._outer, self._from_browsers)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for each in (self._outer, *self._inner.values()):
            loop.remove_reader(each)
            each.close()

    @property
    def browsers(self) -> list[Address]:
        """Whoever has sent something, in the order of coming."""
        return list(self._inner)

    def narrow(self, browser: Address, bits_per_second: float) -> None:
        """From now on this browser's downlink carries no more."""
        self._narrow[browser] = bits_per_second

    def rebind(self) -> None:
        """Every browser is seen under a new port from now on."""
        loop = asyncio.get_running_loop()
        for browser, inner in list(self._inner.items()):
            loop.remove_reader(inner)
            inner.close()
            self._inner[browser] = self._listen(browser)

    def _from_browsers(self) -> None:
        for data, browser in _drain(self._outer):
            inner = self._inner.get(browser)
            if inner is None:
                inner = self._inner[browser] = self._listen(browser)
            self._carry(self.up_loss, inner, data, self.relay)

    def _listen(self, browser: Address) -> socket.socket:
        inner = _udp()
        asyncio.get_running_loop().add_reader(inner, self._from_relay, inner, browser)
        return inner

    def _from_relay(self, inner: socket.socket, browser: Address) -> None:
        for data, _ in _drain(inner):
            self._carry(self.down_loss, self._outer, data, browser)

    def _carry(self, loss: float, out: socket.socket, data: bytes, to: Address) -> None:
        if loss and data[0] >= 128 and self._random.random() < loss:
            return
        loop = asyncio.get_running_loop()
        wait = self.delay + self._queue(loop.time(), len(data), to)
        if wait > self.delay + QUEUE_SECONDS:
            self.dropped += 1
        elif wait:
            loop.call_later(wait, _send, out, data, to)
        else:
            _send(out, data, to)

    def _queue(self, now: float, octets: int, to: Address) -> float:
        """How long this datagram waits for a narrow line; unlimited ones do not."""
        rate = self._narrow.get(to)
        if rate is None:
            return 0.0
        free_at = max(now, self._free_at.get(to, 0.0))
        if free_at - now <= QUEUE_SECONDS:
            free_at += 8 * (octets + IP_UDP_OCTETS) / rate
            self._free_at[to] = free_at
        return free_at - now


def _send(out: socket.socket, data: bytes, to: Address) -> None:
    if out.fileno() >= 0:
        out.sendto(data, to)


def _drain(bound: socket.socket) -> list[tuple[bytes, Address]]:
    found: list[tuple[bytes, Address]] = []
    while len(found) < 256:
        try:
            found.append(bound.recvfrom(2000))
        except OSError:
            break
    return found
