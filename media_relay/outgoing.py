"""Packets on their way out: collected while a batch is worked off, then sent by few calls.

One peer's packets keep their order. Neighbours of one size leave as one message, which the
kernel cuts up again (UDP generic segmentation offload, Linux 4.18).
"""

import errno
import socket as sockets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from struct import pack

from media_relay.engine import Counters, Path

SOL_UDP, UDP_SEGMENT = 17, 103
MAX_SEGMENTS = 64
MAX_SEGMENTED_OCTETS = 65_000
# What the kernel says while it has no room; the next message may find some.
_FULL = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)


class Outbox:
    """What waits for one peer, and the path that it will take; nothing goes out without one.

    `sends_singly` once a message for several packets was refused on this path.
    """

    __slots__ = ("packets", "path", "sends_singly")

    def __init__(self) -> None:
        self.path: Path | None = None
        self.packets: list[bytes] = []
        self.sends_singly = False

    def send_over(self, path: Path) -> None:
        """From now on packets take this path, of which nothing is known yet."""
        self.path = path
        self.sends_singly = False


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
            is_cut = self.has_segments and not outbox.sends_singly
            if outbox.path is not None:
                for message in messages(packets) if is_cut else zip(packets):
                    self._send(outbox, outbox.path, message)
        self._waiting.clear()

    def send(self, path: Path, data: bytes) -> bool:
        """At once, as it is. What cannot be sent is lost, as the network would lose it."""
        try:
            self._sockets[path.socket].sendto(data, path.address)
        except OSError:
            self._counters.unsent += 1
            return False
        self._counters.packets_out += 1
        self._counters.octets_out += len(data)
        return True

    def _send(self, outbox: Outbox, path: Path, message: Sequence[bytes]) -> None:
        if len(message) == 1:
            self.send(path, message[0])
            return
        size = [(SOL_UDP, UDP_SEGMENT, pack("=H", len(message[0])))]
        try:
            octets = self._sockets[path.socket].sendmsg(message, size, 0, path.address)
        except OSError as error:
            if is_full(error.errno):
                self._counters.unsent += len(message)
            else:
                # No way to the peer, or one that takes no segments: single packets will tell.
                is_sent = [self.send(path, packet) for packet in message]
                outbox.sends_singly |= any(is_sent)
            return
        self._counters.packets_out += len(message)
        self._counters.octets_out += octets


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


def is_full(number: int | None) -> bool:
    """True if the socket refused for want of room, by this errno: that says nothing of the path."""
    return number in _FULL


def segments(bound: sockets.socket) -> bool:
    """True where the kernel cuts long messages up."""
    with suppress(OSError):
        bound.getsockopt(SOL_UDP, UDP_SEGMENT)
        return True
    return False
