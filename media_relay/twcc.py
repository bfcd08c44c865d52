"""Transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).

The publisher's browser estimates its uplink from these: without them it needs ten times as
long to reach a good picture.
"""

from collections.abc import Sequence
from struct import pack

from media_relay.rtcp import RELAY_SSRC
from media_relay.rtp import extend

# Reference times count 64 ms, deltas 250 µs.
_REFERENCE_SECONDS = 0.064
_TICKS_PER_REFERENCE = 256
_TICK_SECONDS = 0.000250
_SYMBOLS_PER_CHUNK = 7
_MAX_RUN = 0x1FFF
# One feedback packet stays below an ordinary datagram.
MAX_PACKETS = 400
_LOST, _SMALL, _LARGE = 0, 1, 2


class FeedbackWriter:
    """Feedback for one publisher; counts its packets."""

    def __init__(self) -> None:
        self._count = 0
        self._highest = 1 << 16
        self._next: int | None = None

    def write(self, arrivals: Sequence[tuple[int, float]], media_ssrc: int) -> list[bytes]:
        """Feedback packets for (number, arrival in seconds), in any order."""
        placed: dict[int, float] = {}
        highest = self._highest
        for number, at in arrivals:
            position = extend(number, highest)
            highest = max(highest, position)
            placed.setdefault(position, at)
        self._highest = highest
        # What was already reported as lost may be reported again once it has come.
        positions = sorted(placed)
        packets = []
        while positions:
            taken = self._take(positions, placed)
            packets.append(self._packet(taken, placed, media_ssrc))
            positions = positions[len(taken) :]
        return packets

    def _take(self, positions: list[int], placed: dict[int, float]) -> list[int]:
        """As many as one packet can say: a bounded span, and deltas that fit 16 bits."""
        first, before = positions[0], placed[positions[0]]
        for index, position in enumerate(positions):
            at = placed[position]
            if position - first >= MAX_PACKETS or not -7.0 <= at - before <= 7.0:
                return positions[:index]
            before = at
        return positions

    def _packet(self, taken: list[int], placed: dict[int, float], media_ssrc: int) -> bytes:
        first = taken[0]
        if self._next is not None and self._next < first and taken[-1] - self._next < MAX_PACKETS:
            # The gap since the last packet is loss, and said so.
            first = self._next
        self._next = max(self._next or 0, taken[-1] + 1)
        reference = int(placed[taken[0]] / _REFERENCE_SECONDS)
        tick = reference * _TICKS_PER_REFERENCE
        symbols, deltas = [], bytearray()
        for position in range(first, taken[-1] + 1):
            at = placed.get(position)
            if at is None:
                symbols.append(_LOST)
                continue
            now = round(at / _TICK_SECONDS)
            delta = now - tick
            if 0 <= delta <= 255:
                symbols.append(_SMALL)
                deltas.append(delta)
            else:
                delta = max(-(1 << 15), min((1 << 15) - 1, delta))
                symbols.append(_LARGE)
                deltas += pack("!h", delta)
            tick += delta
        body = pack("!LLHH", RELAY_SSRC, media_ssrc, first & 0xFFFF, len(symbols))
        body += pack("!L", (reference & 0xFFFFFF) << 8 | self._count & 0xFF)
        body += b"".join(_chunks(symbols)) + deltas
        self._count += 1
        return _feedback_packet(body)


def _chunks(symbols: list[int]) -> list[bytes]:
    chunks = []
    position = 0
    while position < len(symbols):
        run = _run_length(symbols, position)
        if run > _SYMBOLS_PER_CHUNK or position + run == len(symbols):
            chunks.append(pack("!H", symbols[position] << 13 | run))
            position += run
            continue
        vector = symbols[position : position + _SYMBOLS_PER_CHUNK]
        chunk = 0xC000
        for index, symbol in enumerate(vector):
            chunk |= symbol << (12 - 2 * index)
        chunks.append(pack("!H", chunk))
        position += len(vector)
    return chunks


def _run_length(symbols: list[int], start: int) -> int:
    if not start and symbols.count(symbols[0]) == len(symbols):
        # As nearly always: all came, and soon. MAX_PACKETS is less than a run may have.
        return len(symbols)
    end = start
    while end < len(symbols) and symbols[end] == symbols[start] and end - start < _MAX_RUN:
        end += 1
    return end - start


def _feedback_packet(body: bytes) -> bytes:
    padding = -len(body) % 4
    first = 0x80 | (0x20 if padding else 0) | 15
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    return pack("!BBH", first, 205, len(body) // 4) + body
