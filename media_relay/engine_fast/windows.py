"""SRTP packet indices and the window against replays (RFC 3711, 3.3.1 and 3.3.2).

The same window stands on both sides: what was received is not taken twice, and what was sent
is not sent again under its number, which would break the GCM key.
"""

import numpy as np

from media_relay.engine_fast.compiled import compiled
from media_relay.engine_fast.state import REPLAY_WINDOW, Record

_MEDIAN = 1 << 15
_WORDS = REPLAY_WINDOW // 64


@compiled
def distance(window: Record, sequence: int) -> int:
    """How far this packet lies from the newest: its index is `window.index` and this."""
    newest = window.index
    if newest <= _MEDIAN:
        return sequence - newest
    last = newest & 0xFFFF
    if last < _MEDIAN:
        if sequence - last > _MEDIAN:
            return sequence - last - 0x10000
    elif last - _MEDIAN > sequence:
        return sequence - last + 0x10000
    return sequence - last


@compiled
def is_fresh(window: Record, delta: int) -> bool:
    """False for what came before, or too long ago to tell."""
    if delta > 0:
        return True
    if delta <= -REPLAY_WINDOW:
        return False
    place = (window.index + delta) & (REPLAY_WINDOW - 1)
    return not (window.seen[place >> 6] >> np.uint64(place & 63)) & np.uint64(1)


@compiled
def note(window: Record, delta: int) -> None:
    """This packet has been taken."""
    seen = window.seen
    if delta >= REPLAY_WINDOW:
        for word in range(_WORDS):
            seen[word] = 0
    else:
        for step in range(1, delta):
            place = (window.index + step) & (REPLAY_WINDOW - 1)
            seen[place >> 6] &= ~(np.uint64(1) << np.uint64(place & 63))
    place = (window.index + delta) & (REPLAY_WINDOW - 1)
    seen[place >> 6] |= np.uint64(1) << np.uint64(place & 63)
    if delta > 0:
        window.index += delta
