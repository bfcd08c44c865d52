"""Legs: who gets an accepted packet, and how it goes out."""

from media_relay.engine_fast.compiled import compiled, entry
from media_relay.engine_fast.departures import depart
from media_relay.engine_fast.inbounds import fresh_key, is_flowing, place_of
from media_relay.engine_fast.outgoing import Outgoing, next_row, post
from media_relay.engine_fast.packets import extend
from media_relay.engine_fast.sealing import seal
from media_relay.engine_fast.slots import (
    advance,
    begin,
    can_begin,
    keep,
    kept,
    may_resend,
    rest,
    viewer_of,
    write_media,
    write_probe,
    write_repair,
)
from media_relay.engine_fast.state import (
    NOBODY,
    PAUSED,
    PROBES,
    RESENT_OUT,
    SOURCES,
    Array,
    Record,
    State,
)
from media_relay.outbound import PROBE_OCTETS
from media_relay.srtp import MAX_PLAIN

_HEADER = 12
_EXTENSION = 8


@compiled
def forward(state: State, outgoing: Outgoing, track: int, row: int, place: int, now: float) -> None:
    """Give the packet at this place of this inbound to every leg of the track that takes it."""
    leg = state.tracks[track].first_leg
    restart = state.inbounds[row].restart
    while leg >= 0:
        slot = state.slots[leg]
        # A viewer that misses one of two far jumps no longer knows its rollover counter.
        if slot.inbound == row and slot.first < restart:
            rest(slot)
        if slot.inbound == row:
            _give(state, outgoing, leg, place, now)
        elif serves(state, slot, track, row, now):
            _begin(state, outgoing, leg, row, place, now)
        leg = slot.next_leg


@compiled
def _begin(state: State, outgoing: Outgoing, leg: int, row: int, place: int, now: float) -> None:
    """With this packet if a decoder can, or on an empty tile with the last key frame."""
    slot = state.slots[leg]
    start = place
    if not can_begin(slot, state.held[place]):
        start = fresh_key(state, row, now) if slot.inbound < 0 else NOBODY
    if start < 0:
        return
    slot.inbound = row
    begin(slot, state.held[start], now)
    _give(state, outgoing, leg, start, now)
    _give_since(state, outgoing, leg, row, state.held[start].position, now)


@compiled
def serves(state: State, slot: Record, track: int, row: int, now: float) -> bool:
    """True if the leg should begin with this layer as soon as it can."""
    if slot.layer == PAUSED:
        return False
    aimed = state.tracks[track].layers[slot.layer] if slot.layer >= 0 else -1
    if aimed == row:
        return True
    if slot.inbound >= 0:
        return False
    return aimed < 0 or not is_flowing(state.inbounds[aimed], now)


@compiled
def resend(state: State, outgoing: Outgoing, leg: int, sequence: int, now: float) -> None:
    """Answer one number of a viewer's NACK, if the ring still has it."""
    slot = state.slots[leg]
    if slot.inbound >= 0 and not slot.is_video:
        _repeat(state, outgoing, leg, sequence, now)
        return
    if slot.inbound < 0 or not slot.is_begun or slot.rtx_payload_type < 0:
        return
    position = extend(sequence, slot.position)
    place = place_of(state, slot.inbound, position - slot.position_shift)
    if place < 0:
        return
    held = state.held[place]
    is_right = held.position >= slot.first and held.length > 0
    if not is_right or not may_resend(state, leg, position, now):
        return
    state.counts[RESENT_OUT] += 1
    octets = _HEADER + 2 + held.length
    viewer = viewer_of(leg)
    number = _number(state, viewer, slot, octets, now)
    line = next_row(state, outgoing)
    data = outgoing.rows[line]
    head, end = write_repair(state, slot, place, number, data)
    _seal_and_post(state, outgoing, line, viewer, slot.rtx_window, head, end)


@compiled
def _repeat(state: State, outgoing: Outgoing, leg: int, sequence: int, now: float) -> None:
    """A voice's packet again, byte for byte: protected anew it would break the GCM rule."""
    line = next_row(state, outgoing)
    length = kept(state, leg, sequence, now, outgoing.rows[line])
    if length:
        state.counts[RESENT_OUT] += 1
        if state.peers[viewer_of(leg)].address_length:
            post(outgoing, line, viewer_of(leg), length)


@compiled
def probe(state: State, outgoing: Outgoing, leg: int, count: int, now: float) -> None:
    """RTX padding for the viewer; the caller has seen that it can be sent."""
    slot = state.slots[leg]
    viewer = viewer_of(leg)
    for _ in range(count):
        number = _number(state, viewer, slot, _HEADER + PROBE_OCTETS, now)
        line = next_row(state, outgoing)
        head, end = write_probe(slot, number, outgoing.rows[line])
        _seal_and_post(state, outgoing, line, viewer, slot.rtx_window, head, end)
        state.counts[PROBES] += 1


@entry
def waiting(state: State, now: float, found: Array) -> None:
    """Mark in `found` each inbound for whose key frame a leg waits."""
    for leg in range(state.slots.size):
        slot = state.slots[leg]
        if slot.source_peer < 0 or not slot.is_video:
            continue
        track = slot.source_peer * SOURCES + slot.source
        for layer in range(state.tracks[track].count):
            row = state.tracks[track].layers[layer]
            if row < 0 or row == slot.inbound or not is_flowing(state.inbounds[row], now):
                continue
            is_soon = slot.inbound < 0 and fresh_key(state, row, now) >= 0
            if not is_soon and serves(state, slot, track, row, now):
                found[row] = 1


@compiled
def _give_since(
    state: State, outgoing: Outgoing, leg: int, row: int, position: int, now: float
) -> None:
    """All that the ring holds after this position, in order."""
    inbound = state.inbounds[row]
    start = max(position + 1, inbound.highest - inbound.size + 1)
    for each in range(start, inbound.highest + 1):
        place = place_of(state, row, each)
        if place >= 0:
            _give(state, outgoing, leg, place, now)


@compiled
def _give(state: State, outgoing: Outgoing, leg: int, place: int, now: float) -> None:
    slot = state.slots[leg]
    held = state.held[place]
    if not slot.is_begun or held.position < slot.first:
        return
    advance(slot, held)
    viewer = viewer_of(leg)
    octets = _HEADER + held.length if held.length else _HEADER + 4
    number = _number(state, viewer, slot, octets, now)
    line = next_row(state, outgoing)
    head, end = write_media(state, slot, place, number, outgoing.rows[line])
    length = _seal_and_post(state, outgoing, line, viewer, slot.window, head, end)
    keep(state, leg, outgoing.rows[line], length)


@compiled
def _number(state: State, viewer: int, slot: Record, octets: int, now: float) -> int:
    """The packet's transport-wide number, where the slot carries one."""
    return depart(state, viewer, now, octets + _EXTENSION) if slot.transport_cc else 0


@compiled
def _seal_and_post(
    state: State, outgoing: Outgoing, line: int, viewer: int, window: Record, head: int, end: int
) -> int:
    """The protected length, or -1: one viewer's failure MUST NOT starve the others."""
    if end > MAX_PLAIN or state.peers[viewer].address_length == 0:
        return -1
    length = seal(state, state.peers[viewer], window, outgoing.rows[line], head, end)
    if length > 0:
        post(outgoing, line, viewer, length)
    return length
