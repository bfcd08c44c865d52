"""Packets on their way out: collected while a batch is worked off, then sent by few calls.

One peer's packets keep their order. Neighbours of one size leave as one message, which the
kernel cuts up again (UDP generic segmentation offload, Linux 4.18).
"""

import socket as sockets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from struct import pack

from media_relay.engine import Counters, Path

SOL_UDP, UDP_SEGMENT = 17, 103
MAX_SEGMENTS = 64
MAX_SEGMENTED_OCTETS = 65_000


class Outbox:
    """What waits for one peer, and the path that it will take; nothing goes out without one."""

    __slots__ = ("packets", "path")

    def __init__(self) -> None:
        self.path: Path | None = None
        self.packets: list[bytes] = []


class Outgoing:
    """Sends over these sockets, and counts. Whoever posts MUST flush before it returns."""

    def __init__(self, bound: Sequence[sockets.socket], counters: Counters) -> None:
        self._sockets = bound
        self._counters = counters
        self._waiting: list[Outbox] = []
        self.has_segments = all(map(segments, bound))

    def post(self, outbox: Outbox, packet: bytes) -> None:
        """The packet leaves with the next flush, behind those that wait already."""
        if not outbox.packets:
            self._waiting.append(outbox)
        outbox.packets.append(packet)

    def flush(self) -> None:
        """Send all that waits."""
        for outbox in self._waiting:
            packets, outbox.packets = outbox.packets, []
            if outbox.path is not None:
                for message in messages(packets) if self.has_segments else zip(packets):
                    self._send(outbox.path, message)
        self._waiting.clear()

    def send(self, path: Path, data: bytes) -> None:
        """At once, as it is. What cannot be sent is lost, as the network would lose it."""
        try:
            self._sockets[path.socket].sendto(data, path.address)
        except OSError:
            self._counters.unsent += 1
            return
        self._counters.packets_out += 1
        self._counters.octets_out += len(data)

    def _send(self, path: Path, message: Sequence[bytes]) -> None:
        if len(message) == 1:
            self.send(path, message[0])
            return
        size = [(SOL_UDP, UDP_SEGMENT, pack("=H", len(message[0])))]
        try:
            octets = self._sockets[path.socket].sendmsg(message, size, 0, path.address)
        except OSError:
            # A full socket, or a device that cannot cut up: the packets one by one will tell.
            self._send_apart(path, message)
            return
        self._counters.packets_out += len(message)
        self._counters.octets_out += octets

    def _send_apart(self, path: Path, message: Sequence[bytes]) -> None:
        before = self._counters.packets_out
        for packet in message:
            self.send(path, packet)
        if self._counters.packets_out > before:
            self.has_segments = False


def messages(packets: list[bytes]) -> Iterator[list[bytes]]:
    """Cut into what one call can send: packets of one size, the last of them may be shorter."""
    first = 0
    while first < len(packets):
        size = len(packets[first])
        most = min(MAX_SEGMENTS, MAX_SEGMENTED_OCTETS // size)
        end = first + 1
        while end < len(packets) and end - first < most and len(packets[end]) == size:
            end += 1
        if end < len(packets) and end - first < most and len(packets[end]) < size:
            end += 1
        yield packets[first:end]
        first = end


def segments(bound: sockets.socket) -> bool:
    """True where the kernel cuts long messages up."""
    with suppress(OSError):
        bound.getsockopt(SOL_UDP, UDP_SEGMENT)
        return True
    return False
