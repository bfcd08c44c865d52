"""Packets on their way out: collected while a batch is worked off, then sent by few calls.

One viewer's packets keep their order. Neighbours of one size leave as one message, which the
kernel cuts up again (UDP generic segmentation offload, Linux 4.18).
"""

from typing import NamedTuple

import numpy as np

from media_relay.engine_fast.compiled import compiled
from media_relay.engine_fast.foreign import errno_location, memcpy, sendmmsg
from media_relay.engine_fast.packets import address
from media_relay.engine_fast.state import (
    CONTROL,
    MESSAGE,
    NOBODY,
    OCTETS_OUT,
    OUT,
    OUT_ROW,
    PACKETS_OUT,
    UNSENT,
    VECTOR,
    Array,
    State,
)
from media_relay.outgoing import (
    MAX_SEGMENTED_OCTETS,
    MAX_SEGMENTS,
    SOL_UDP,
    UDP_SEGMENT,
    is_full,
)

# As many as stay in a core's cache.
ROOM = 256
_CONTROL_OCTETS, _VECTOR_OCTETS = 24, 16


class Outgoing(NamedTuple):
    """`facts` holds the count of waiting packets, and 1 if the kernel segments.

    `receivers` says whose each message is, `error` why the kernel refused the last one.
    """

    rows: Array
    waiting: Array
    order: Array
    messages: Array
    receivers: Array
    error: Array
    vectors: Array
    controls: Array
    descriptors: Array
    facts: Array


_COUNT, _SEGMENTS_IN_KERNEL = 0, 1
_is_full = compiled(is_full)


def new_outgoing(descriptors: list[int], *, segments: bool) -> Outgoing:
    """Buffers for these sockets."""
    outgoing = Outgoing(
        rows=np.zeros((ROOM, OUT_ROW), "u1"),
        waiting=np.zeros(ROOM, OUT),
        order=np.zeros(ROOM, "i4"),
        messages=np.zeros(ROOM, MESSAGE),
        receivers=np.zeros(ROOM, "i4"),
        error=np.zeros(1, "i4"),
        vectors=np.zeros(ROOM, VECTOR),
        controls=np.zeros(ROOM, CONTROL),
        descriptors=np.array(descriptors, "i4"),
        facts=np.array([0, int(segments)], "i8"),
    )
    outgoing.controls["length"] = 18
    outgoing.controls["level"] = SOL_UDP
    outgoing.controls["kind"] = UDP_SEGMENT
    return outgoing


@compiled
def next_row(state: State, outgoing: Outgoing) -> int:
    """A row to write a packet into; it counts once `post` is called."""
    if outgoing.facts[_COUNT] >= ROOM:
        flush(state, outgoing)
    return outgoing.facts[_COUNT]


@compiled
def post(outgoing: Outgoing, row: int, peer: int, length: int) -> None:
    """The packet in this row goes to this peer."""
    entry = outgoing.waiting[row]
    entry.peer = peer
    entry.length = length
    entry.next = NOBODY
    outgoing.facts[_COUNT] = row + 1


@compiled
def flush(state: State, outgoing: Outgoing) -> None:
    """Send all that waits."""
    peers = _sort(state, outgoing)
    for socket in range(outgoing.descriptors.size):
        messages = vectors = 0
        for index in range(peers):
            peer = state.peers[outgoing.order[index]]
            if peer.socket == socket:
                messages, vectors = _fold(state, outgoing, outgoing.order[index], messages, vectors)
        if messages:
            _send(state, outgoing, outgoing.descriptors[socket], messages)
    for index in range(peers):
        state.peers[outgoing.order[index]].first_out = NOBODY
    outgoing.facts[_COUNT] = 0


@compiled
def _sort(state: State, outgoing: Outgoing) -> int:
    """Chain the packets of each peer; how many peers there are, in `order`."""
    peers = 0
    for row in range(outgoing.facts[_COUNT]):
        name = outgoing.waiting[row].peer
        peer = state.peers[name]
        if peer.first_out == NOBODY:
            peer.first_out = row
            outgoing.order[peers] = name
            peers += 1
        else:
            outgoing.waiting[peer.last_out].next = row
        peer.last_out = row
    return peers


@compiled
def _fold(
    state: State, outgoing: Outgoing, name: int, messages: int, vectors: int
) -> tuple[int, int]:
    """Messages for one peer's packets, behind those that there are."""
    peer = state.peers[name]
    row = peer.first_out
    is_cut = outgoing.facts[_SEGMENTS_IN_KERNEL] and not peer.sends_singly
    most = MAX_SEGMENTS if is_cut else 1
    while row >= 0:
        first, size = vectors, outgoing.waiting[row].length
        total = 0
        is_open = True
        while row >= 0 and is_open:
            length = outgoing.waiting[row].length
            count = vectors - first
            if count and (length > size or count >= most or total + length > MAX_SEGMENTED_OCTETS):
                break
            # Only the last segment may be shorter.
            is_open = length == size
            vector = outgoing.vectors[vectors]
            vector.base = address(outgoing.rows) + row * OUT_ROW
            vector.length = length
            total += length
            vectors += 1
            row = outgoing.waiting[row].next
        _write_message(state, outgoing, messages, name, first, vectors - first, size)
        messages += 1
    return messages, vectors


@compiled
def _write_message(
    state: State, outgoing: Outgoing, index: int, name: int, first: int, count: int, size: int
) -> None:
    message = outgoing.messages[index]
    peer = state.peers[name]
    outgoing.receivers[index] = name
    message.name = address(peer.address)
    message.name_length = peer.address_length
    message.vectors = address(outgoing.vectors[first:])
    message.vector_count = count
    message.control = 0
    message.control_length = 0
    if count > 1:
        outgoing.controls[index].value = size
        message.control = address(outgoing.controls[index:])
        message.control_length = _CONTROL_OCTETS


@compiled
def _send(state: State, outgoing: Outgoing, descriptor: int, count: int) -> None:
    """A full socket or an unreachable peer loses its packets, as the network would."""
    done = 0
    while done < count:
        sent = _hand_over(outgoing, descriptor, done, count - done)
        for index in range(done, done + sent):
            _tally(state, outgoing, index, True)
        done += sent
        if not sent:
            if outgoing.messages[done].vector_count == 1 or _is_full(outgoing.error[0]):
                _tally(state, outgoing, done, False)
            else:
                _send_apart(state, outgoing, descriptor, done)
            done += 1


@compiled
def _hand_over(outgoing: Outgoing, descriptor: int, first: int, count: int) -> int:
    """How many of these messages the kernel took; if none, `error` says why."""
    sent = sendmmsg(descriptor, address(outgoing.messages[first:]), count, 0)
    if sent < 0:
        memcpy(address(outgoing.error), errno_location(), outgoing.error.itemsize)
    return max(sent, 0)


@compiled
def _send_apart(state: State, outgoing: Outgoing, descriptor: int, index: int) -> None:
    """No way to the peer, or one that takes no segments: single packets will tell."""
    message = outgoing.messages[index]
    left = message.vector_count
    message.control = 0
    message.control_length = 0
    message.vector_count = 1
    has_sent = False
    for _ in range(left):
        is_sent = _hand_over(outgoing, descriptor, index, 1) == 1
        has_sent |= is_sent
        _tally(state, outgoing, index, is_sent)
        message.vectors += _VECTOR_OCTETS
    if has_sent:
        state.peers[outgoing.receivers[index]].sends_singly = 1


@compiled
def _tally(state: State, outgoing: Outgoing, index: int, is_sent: bool) -> None:
    """Count the packets of a message."""
    message = outgoing.messages[index]
    first = (message.vectors - address(outgoing.vectors)) // _VECTOR_OCTETS
    count = message.vector_count
    if not is_sent:
        state.counts[UNSENT] += count
        return
    state.counts[PACKETS_OUT] += count
    for vector in range(first, first + count):
        state.counts[OCTETS_OUT] += outgoing.vectors[vector].length
