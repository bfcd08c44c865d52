"""The compiled functions that Python calls. Each sends what it makes before it returns."""

from media_relay.engine_fast import legs
from media_relay.engine_fast.compiled import entry
from media_relay.engine_fast.incoming import take
from media_relay.engine_fast.outgoing import Outgoing, flush
from media_relay.engine_fast.packets import parse
from media_relay.engine_fast.state import Array, State

_resend_one = legs.resend
_probe = legs.probe


@entry
def take_plain(
    state: State, outgoing: Outgoing, name: int, data: Array, length: int, now: float
) -> None:
    """Accept and forward a packet that was left to Python before its SSRC was learnt."""
    packet = parse(data, length)
    if packet.is_valid:
        take(state, outgoing, name, data, packet, now)
    flush(state, outgoing)


@entry
def resend(state: State, outgoing: Outgoing, leg: int, sequences: Array, now: float) -> None:
    """Answer a viewer's NACK."""
    for sequence in sequences:
        _resend_one(state, outgoing, leg, sequence, now)
    flush(state, outgoing)


@entry
def probe(state: State, outgoing: Outgoing, leg: int, count: int, now: float) -> None:
    """Send RTX padding."""
    _probe(state, outgoing, leg, count, now)
    flush(state, outgoing)
