"""A batch of datagrams: read by one call, sorted, verified, and forwarded."""

from typing import NamedTuple

import numpy as np

from media_relay.engine import BATCH
from media_relay.engine_fast.addresses import V6_OCTETS, owner_of
from media_relay.engine_fast.compiled import compiled, entry
from media_relay.engine_fast.foreign import recvmmsg
from media_relay.engine_fast.inbounds import accept
from media_relay.engine_fast.legs import forward
from media_relay.engine_fast.outgoing import Outgoing, flush
from media_relay.engine_fast.packets import Packet, address, number_in, parse, read16, read32
from media_relay.engine_fast.sealing import unseal
from media_relay.engine_fast.state import (
    ARRIVALS,
    HEARD,
    LEFT,
    MAX_DATAGRAM,
    MESSAGE,
    NOBODY,
    OCTETS_IN,
    PACKETS_IN,
    REFUSED,
    REPAIRED,
    SOURCES,
    STREAMS,
    VECTOR,
    Array,
    State,
)

# One octet more than a datagram may have, so that a longer one is seen; rounded up.
_ROW = 1536
_DONT_WAIT = 0x40
STRANGER, RTCP, UNLEARNT = 0, 1, 2


class Incoming(NamedTuple):
    """`left` is what Python must see of the batch: a kind, and a row."""

    rows: Array
    sources: Array
    messages: Array
    vectors: Array
    left: Array


def new_incoming() -> Incoming:
    """Buffers for one batch, pointed at each other."""
    incoming = Incoming(
        rows=np.zeros((BATCH, _ROW), "u1"),
        sources=np.zeros((BATCH, V6_OCTETS), "u1"),
        messages=np.zeros(BATCH, MESSAGE),
        vectors=np.zeros(BATCH, VECTOR),
        left=np.zeros(BATCH, LEFT),
    )
    for row in range(BATCH):
        incoming.vectors[row] = (incoming.rows[row].ctypes.data, _ROW)
        message = incoming.messages[row]
        message["name"] = incoming.sources[row].ctypes.data
        message["vectors"] = incoming.vectors[row:].ctypes.data
        message["vector_count"] = 1
    return incoming


@entry
def run(
    state: State, incoming: Incoming, outgoing: Outgoing, socket: int, now: float
) -> tuple[int, int]:
    """Read one batch from this socket and forward it.

    How many datagrams it had, and how many rows of `left` are Python's.
    """
    messages = incoming.messages
    for row in range(BATCH):
        messages[row].name_length = V6_OCTETS
    count = recvmmsg(outgoing.descriptors[socket], address(messages), BATCH, _DONT_WAIT, 0)
    left = 0
    for row in range(count):
        length = messages[row].length
        if 0 < length <= MAX_DATAGRAM:
            left = _sort(state, incoming, outgoing, socket, row, length, now, left)
    flush(state, outgoing)
    return max(count, 0), left


@compiled
def _sort(
    state: State,
    incoming: Incoming,
    outgoing: Outgoing,
    socket: int,
    row: int,
    length: int,
    now: float,
    left: int,
) -> int:
    """RFC 7983: by the first byte; media only from a path that STUN has proven."""
    data = incoming.rows[row]
    state.counts[PACKETS_IN] += 1
    state.counts[OCTETS_IN] += length
    if not 128 <= data[0] <= 191:
        return _leave(incoming, left, STRANGER, row, length, NOBODY)
    source_length = incoming.messages[row].name_length
    name = owner_of(state.addresses, socket, incoming.sources[row], source_length)
    if name < 0 or length < 12:
        state.counts[REFUSED] += 1
        return left
    # RFC 5761: RTCP's packet types, shifted into the marker bit.
    if 192 <= data[1] <= 223:
        return _leave(incoming, left, RTCP, row, length, name)
    end = _open(state, name, data, length)
    packet = parse(data, max(end, 0))
    if not packet.is_valid:
        state.counts[REFUSED] += 1
        return left
    _note_arrival(state, name, data, packet, now)
    if take(state, outgoing, name, data, packet, now):
        return left
    return _leave(incoming, left, UNLEARNT, row, end, name)


@compiled
def _leave(incoming: Incoming, left: int, kind: int, row: int, length: int, name: int) -> int:
    entry = incoming.left[left]
    entry.kind = kind
    entry.row = row
    entry.length = length
    entry.peer = name
    return left + 1


@compiled
def _open(state: State, name: int, data: Array, length: int) -> int:
    """Verify and decrypt; the length of the plain packet, or -1. An SSRC counts once it is true."""
    peer = state.peers[name]
    ssrc = read32(data, 8)
    first = name * HEARD
    place = first
    while place < first + peer.heard and state.heard[place].ssrc != ssrc:
        place += 1
    if place == first + peer.heard:
        if peer.heard >= HEARD:
            return -1
        state.heard[place].ssrc = ssrc
        window = state.heard[place].window
        window.index = 0
        for word in range(window.seen.size):
            window.seen[word] = 0
    end = unseal(state, peer, state.heard[place].window, data, length)
    if end >= 0 and place == first + peer.heard:
        peer.heard += 1
    return end


@compiled
def _note_arrival(state: State, name: int, data: Array, packet: Packet, now: float) -> None:
    """Keep the transport-wide number; the oldest give way."""
    peer = state.peers[name]
    if not peer.transport_cc:
        return
    number = number_in(data, packet, peer.transport_cc)
    if number >= 0:
        place = name * ARRIVALS + peer.arrivals % ARRIVALS
        state.arrival_numbers[place] = number
        state.arrival_times[place] = now
        peer.arrivals += 1


@compiled
def take(
    state: State, outgoing: Outgoing, name: int, data: Array, packet: Packet, now: float
) -> bool:
    """Accept and forward a plain packet of this peer; False if its SSRC is not learnt."""
    first = name * STREAMS
    for row in range(first, first + state.peers[name].streams):
        stream = state.streams[row]
        if stream.ssrc == packet.ssrc:
            if state.peers[name].allowed >> stream.source & 1:
                _take(state, outgoing, name, row, data, packet, now)
            return True
    return False


@compiled
def _take(
    state: State, outgoing: Outgoing, name: int, row: int, data: Array, packet: Packet, now: float
) -> None:
    stream = state.streams[row]
    if packet.payload_type != stream.payload_type or stream.inbound < 0:
        return
    start, sequence = packet.start, packet.sequence
    if stream.is_rtx:
        # RFC 4588; two octets or fewer are a bandwidth probe.
        if packet.end - start <= 2 or not state.inbounds[stream.inbound].highest:
            return
        sequence = read16(data, start)
        start += 2
    place = accept(
        state,
        stream.inbound,
        data,
        start,
        packet.end,
        packet.marker,
        sequence,
        packet.timestamp,
        now,
        stream.is_rtx == 1,
    )
    if place >= 0:
        state.counts[REPAIRED] += stream.is_rtx
        forward(state, outgoing, name * SOURCES + stream.source, stream.inbound, place, now)
