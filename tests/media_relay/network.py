"""A bad network in user space: between browsers and the relay stands a UDP proxy."""

import asyncio
import random
import socket
from dataclasses import dataclass, field
from typing import Any

Address = tuple[Any, ...]


def _udp() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return made


@dataclass(slots=True)
class Network:
    """Loss as a share of packets each way, delay in seconds one way. `rebind` is a NAT's whim."""

    up_loss: float = 0.0
    down_loss: float = 0.0
    delay: float = 0.0
    relay: Address = ("127.0.0.1", 0)
    _inner: dict[Address, socket.socket] = field(default_factory=dict)
    _random: random.Random = field(default_factory=lambda: random.Random(7))
    _outer: socket.socket = field(default_factory=_udp)

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
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, _send, out, data, to)
        else:
            _send(out, data, to)


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
