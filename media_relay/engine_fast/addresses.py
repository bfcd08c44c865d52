"""Whose a proven address is: a table that a packet's source is looked up in.

Open addressing with linear probing. Only addresses that ICE has proven are in it, so nobody
can crowd it.
"""

import socket as sockets
from struct import pack

import numpy as np

from media_relay.engine import Path
from media_relay.engine_fast.compiled import compiled, entry
from media_relay.engine_fast.packets import read16, read32
from media_relay.engine_fast.state import ADDRESSES, NOBODY, Array

V4_OCTETS, V6_OCTETS = 16, 28
_MIX = np.uint64(0x9E3779B97F4A7C15)


def to_octets(path: Path) -> bytes:
    """struct sockaddr_in or sockaddr_in6; OSError if the host is no address."""
    host, port, *rest = path.address
    if not rest:
        numbers = sockets.inet_pton(sockets.AF_INET, host)
        return pack("=H", sockets.AF_INET) + pack("!H4s8x", port, numbers)
    numbers = sockets.inet_pton(sockets.AF_INET6, host.partition("%")[0])
    head = pack("=H", sockets.AF_INET6) + pack("!HL16s", port, rest[0], numbers)
    return head + pack("=L", rest[1])


def from_octets(socket: int, octets: bytes) -> Path:
    """The path, with the address as Python's own sockets give it."""
    port = int.from_bytes(octets[2:4], "big")
    if len(octets) < V6_OCTETS:
        return Path(socket, (sockets.inet_ntop(sockets.AF_INET, octets[4:8]), port))
    host = sockets.inet_ntop(sockets.AF_INET6, octets[8:24])
    flow = int.from_bytes(octets[4:8], "big")
    return Path(socket, (host, port, flow, int.from_bytes(octets[24:28], "little")))


@compiled
def _key(socket: int, octets: Array, length: int) -> tuple[int, int, int]:
    """The address as three numbers; its flow label is no part of it."""
    rest = socket << 48 | read16(octets, 2) << 32
    if length < V6_OCTETS:
        return 0, read32(octets, 4), rest
    high = read32(octets, 8) << 32 | read32(octets, 12)
    low = read32(octets, 16) << 32 | read32(octets, 20)
    return high, low, rest | 1 << 56 | read32(octets, 24)


@compiled
def _home(high: int, low: int, rest: int) -> int:
    mixed = np.uint64(high) * _MIX ^ np.uint64(low)
    mixed = (mixed ^ mixed >> np.uint64(31)) * _MIX ^ np.uint64(rest)
    mixed = (mixed ^ mixed >> np.uint64(29)) * _MIX
    return int(np.int64(mixed >> np.uint64(40))) & (ADDRESSES - 1)


@compiled
def _place(table: Array, high: int, low: int, rest: int) -> int:
    """Where this address stands, or where it would."""
    place = _home(high, low, rest)
    for _ in range(ADDRESSES):
        entry = table[place]
        if not entry.is_taken or (entry.high == high and entry.low == low and entry.rest == rest):
            return place
        place = (place + 1) & (ADDRESSES - 1)
    return NOBODY


@compiled
def owner_of(table: Array, socket: int, octets: Array, length: int) -> int:
    """The row of the peer whose address this is; -1 if it is nobody's."""
    high, low, rest = _key(socket, octets, length)
    place = _place(table, high, low, rest)
    return table[place].peer if place >= 0 and table[place].is_taken else NOBODY


@entry
def enter(table: Array, socket: int, octets: Array, length: int, peer: int) -> None:
    """This address is the peer's from now on."""
    high, low, rest = _key(socket, octets, length)
    place = _place(table, high, low, rest)
    if place >= 0:
        entry = table[place]
        entry.high, entry.low, entry.rest = high, low, rest
        entry.peer = peer
        entry.is_taken = 1


@entry
def strike(table: Array, socket: int, octets: Array, length: int) -> None:
    """This address is nobody's; those that it had pushed on move back."""
    high, low, rest = _key(socket, octets, length)
    gap = _place(table, high, low, rest)
    if gap < 0 or not table[gap].is_taken:
        return
    place = gap
    while True:
        place = (place + 1) & (ADDRESSES - 1)
        entry = table[place]
        if place == gap or not entry.is_taken:
            break
        home = _home(entry.high, entry.low, entry.rest)
        if (place - home) & (ADDRESSES - 1) >= (place - gap) & (ADDRESSES - 1):
            table[gap] = entry
            gap = place
    table[gap].is_taken = 0
