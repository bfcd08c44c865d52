"""One SSRC as the relay receives it, as a row of `inbounds`: what `inbound.Inbound` is.

MUST accept each sequence number once: a leg gives every accepted packet out, and the same
number with other bytes would break the viewer's GCM key.
"""

from media_relay.engine_fast.compiled import compiled, entry
from media_relay.engine_fast.descriptors import blank, describe
from media_relay.engine_fast.foreign import memcpy
from media_relay.engine_fast.packets import address, extend
from media_relay.engine_fast.state import (
    HOLED,
    MAX_DATAGRAM,
    NOBODY,
    RING,
    Array,
    Record,
    State,
)
from media_relay.inbound import (
    FRESH_SECONDS,
    HALF_WRAP,
    LATEST_SECONDS,
    MAX_ASKS,
    MAX_GAP,
    REORDER_SECONDS,
    SILENT_SECONDS,
    WINDOW_SECONDS,
    WRAP,
)

_ORIGIN = 1 << 16


@compiled
def accept(
    state: State,
    row: int,
    data: Array,
    start: int,
    end: int,
    marker: int,
    sequence: int,
    timestamp: int,
    now: float,
    is_repaired: bool,
) -> int:
    """Keep the payload between `start` and `end`; its place in `held`, or -1 if it came before."""
    inbound = state.inbounds[row]
    highest = inbound.highest
    position = extend(sequence, highest if highest else _ORIGIN + sequence)
    if not highest:
        inbound.first = position
    elif position < max(inbound.restart, highest - inbound.size + 1):
        return NOBODY
    place = row * RING + position % inbound.size
    held = state.held[place]
    length = end - start
    if held.position >= position or not 0 <= length <= MAX_DATAGRAM or start < 0 or end > data.size:
        return NOBODY
    if held.missing:
        # The hole that this packet fills, or one that has left the ring unfilled.
        _forget_hole(inbound, held)
    held.position = position
    held.timestamp = timestamp
    held.at = _on_time(inbound, timestamp, now, is_repaired)
    held.marker = marker
    held.length = length
    if inbound.is_video:
        describe(held, data, start, end)
    if not held.is_described:
        blank(held)
    memcpy(address(state.payloads[place]), address(data) + start, length)
    inbound.received += 1
    inbound.octets += length
    if length:
        inbound.media_at = now
    if held.starts_key_frame == 1 and position > inbound.key_position:
        inbound.key_position = position
        inbound.key_at = now
    _advance(state, row, position, now)
    return place


@compiled
def is_flowing(inbound: Record, now: float) -> bool:
    """True while media, not only padding, comes in."""
    return now - inbound.media_at < SILENT_SECONDS


@compiled
def fresh_key(state: State, row: int, now: float) -> int:
    """The place of the packet that starts the newest key frame; -1 if that came long ago."""
    inbound = state.inbounds[row]
    if now - inbound.key_at >= FRESH_SECONDS or inbound.key_position < inbound.restart:
        return NOBODY
    return place_of(state, row, inbound.key_position)


@compiled
def place_of(state: State, row: int, position: int) -> int:
    """Where the ring still holds this position; -1 if it does not."""
    inbound = state.inbounds[row]
    if position <= 0:
        return NOBODY
    place = row * RING + position % inbound.size
    return place if state.held[place].position == position else NOBODY


@entry
def due_holes(state: State, row: int, now: float, again: float, due: Array) -> int:
    """Write the sequence numbers to ask the sender for into `due`; returns how many."""
    inbound = state.inbounds[row]
    found = 0
    left = inbound.holes
    position = inbound.highest - 1
    oldest = inbound.highest - inbound.size
    while left > 0 and position > oldest and found < due.size:
        held = state.held[row * RING + position % inbound.size]
        if held.missing == position:
            left -= 1
            if held.asks >= MAX_ASKS:
                _forget_hole(inbound, held)
            elif held.ask_at <= now:
                held.asks += 1
                held.ask_at = now + again
                due[found] = position & 0xFFFF
                found += 1
        position -= 1
    return found


@compiled
def _advance(state: State, row: int, position: int, now: float) -> None:
    inbound = state.inbounds[row]
    highest = inbound.highest
    if position <= highest:
        return
    gap = position - highest - 1
    if highest and gap > MAX_GAP:
        for place in range(row * RING, row * RING + inbound.size):
            state.held[place].missing = 0
        inbound.holes = 0
        inbound.restart = position
        # What nobody will repair counts as never expected.
        inbound.first += gap
    elif highest and inbound.repairs and gap:
        state.marks[HOLED] = 1
        for missing in range(highest + 1, position):
            held = state.held[row * RING + missing % inbound.size]
            if not held.missing:
                inbound.holes += 1
            held.missing = missing
            held.ask_at = now + REORDER_SECONDS
            held.asks = 0
    inbound.highest = position


@compiled
def _forget_hole(inbound: Record, held: Record) -> None:
    held.missing = 0
    inbound.holes -= 1


@compiled
def _on_time(inbound: Record, timestamp: int, now: float, is_repaired: bool) -> float:
    """When the packet would have come had nothing delayed it."""
    before = inbound.transit
    # Unwrapped: the one nearest to the transit of the packet before.
    ahead = (now * inbound.clock_rate - timestamp - before + HALF_WRAP) % WRAP - HALF_WRAP
    transit = before + ahead
    if not is_repaired:
        _measure_jitter(inbound, ahead)
        inbound.transit = transit
        _note_fastest(inbound, transit, now)
    late = (transit - min(inbound.fastest, inbound.fastest_before)) / inbound.clock_rate
    return now - late if 0 < late < LATEST_SECONDS else now


@compiled
def _note_fastest(inbound: Record, transit: float, now: float) -> None:
    if now - inbound.window_at >= WINDOW_SECONDS:
        inbound.fastest_before = inbound.fastest if inbound.window_at else transit
        inbound.fastest = transit
        inbound.window_at = now
    elif transit < inbound.fastest:
        inbound.fastest = transit


@compiled
def _measure_jitter(inbound: Record, ahead: float) -> None:
    """Interarrival jitter, RFC 3550, A.8."""
    if inbound.transit:
        inbound.jitter += (abs(ahead) - inbound.jitter) / 16
