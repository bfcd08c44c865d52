"""Everything the compiled code knows, as arrays of records.

A row's number is its name. A peer's rows in the smaller arrays follow from its own: slot `s` of
peer `p` is row `p * SLOTS + s`. Rows of `inbounds` are lent and given back. A record is written
only through its array: compiled code MUST keep every index inside it, nobody checks.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from media_relay.departures import DEPARTURES
from media_relay.outbound import VOICE_OCTETS, VOICES_KEPT

# numba's arrays and records have no static types.
Array = Any
Record = Any

SLOTS = 32
SOURCES = 3
LAYERS = 32
STREAMS = 32
HEARD = 24
ARRIVALS = 2048
RING = 512
RESENT = 512
REPLAY_WINDOW = 1024
NOBODY = -1
# What a leg should carry, when that is no layer known yet.
PAUSED, UNKNOWN = -1, -2

# No datagram is longer. The room for a tag, an RTX number and an extension comes on top.
MAX_DATAGRAM = 1500
OUT_ROW = 1600

WINDOW = np.dtype([("index", "i8"), ("seen", "u8", (REPLAY_WINDOW // 64,))], align=True)

PEER = np.dtype(
    [
        ("opening", "i8"),
        ("sealing", "i8"),
        ("opening_salt", "u1", (12,)),
        ("sealing_salt", "u1", (12,)),
        ("socket", "i4"),
        ("address_length", "i8"),
        ("address", "u1", (28,)),
        ("sends_singly", "i1"),
        ("transport_cc", "i2"),
        ("allowed", "i1"),
        ("heard", "i4"),
        ("streams", "i4"),
        ("arrivals", "i8"),
        ("departed", "i8"),
        ("first_out", "i4"),
        ("last_out", "i4"),
    ],
    align=True,
)

# An SSRC that a peer was heard to send, and its window against replays.
HEARD_SSRC = np.dtype([("ssrc", "i8"), ("window", WINDOW)], align=True)

# An SSRC of a peer, learnt.
STREAM = np.dtype(
    [
        ("ssrc", "i8"),
        ("inbound", "i4"),
        ("source", "i1"),
        ("layer", "i1"),
        ("payload_type", "i2"),
        ("is_rtx", "i1"),
    ],
    align=True,
)

# One source of one peer: its layers, and the first of the legs that carry it.
TRACK = np.dtype(
    [("count", "i4"), ("layers", "i4", (LAYERS,)), ("first_leg", "i4")],
    align=True,
)

INBOUND = np.dtype(
    [
        ("peer", "i4"),
        ("ssrc", "i8"),
        ("is_video", "i1"),
        ("repairs", "i1"),
        ("size", "i4"),
        ("clock_rate", "i4"),
        ("holes", "i4"),
        ("first", "i8"),
        ("restart", "i8"),
        ("highest", "i8"),
        ("received", "i8"),
        ("octets", "i8"),
        ("media_at", "f8"),
        ("key_position", "i8"),
        ("key_at", "f8"),
        ("jitter", "f8"),
        ("transit", "f8"),
        ("fastest", "f8"),
        ("fastest_before", "f8"),
        ("window_at", "f8"),
        ("reported_expected", "i8"),
        ("reported_received", "i8"),
    ],
    align=True,
)

# A packet in its place in a ring, and the hole that a place may be instead.
HELD = np.dtype(
    [
        ("position", "i8"),
        ("timestamp", "i8"),
        ("at", "f8"),
        ("length", "i4"),
        ("marker", "i1"),
        ("is_described", "i1"),
        ("starts_key_frame", "i1"),
        ("is_long", "i1"),
        ("picture_id_at", "i4"),
        ("picture_id", "i4"),
        ("tl0_at", "i4"),
        ("tl0", "i4"),
        ("missing", "i8"),
        ("ask_at", "f8"),
        ("asks", "i4"),
    ],
    align=True,
)

# A receiving line of a viewer, and the leg that fills it. See outbound.SlotStream.
SLOT = np.dtype(
    [
        ("ssrc", "i8"),
        ("rtx_ssrc", "i8"),
        ("payload_type", "i2"),
        ("rtx_payload_type", "i2"),
        ("is_video", "i1"),
        ("transport_cc", "i2"),
        ("clock_rate", "i4"),
        ("packets", "i8"),
        ("octets", "i8"),
        ("position", "i8"),
        ("timestamp", "i8"),
        ("picture_id", "i4"),
        ("tl0", "i4"),
        ("at", "f8"),
        ("rtx_sequence", "i8"),
        ("is_begun", "i1"),
        ("first", "i8"),
        ("position_shift", "i8"),
        ("timestamp_shift", "i8"),
        ("picture_shift", "i4"),
        ("tl0_shift", "i4"),
        ("began_at", "f8"),
        ("generation", "i8"),
        ("source_peer", "i4"),
        ("source", "i1"),
        ("layer", "i2"),
        ("inbound", "i4"),
        ("next_leg", "i4"),
        ("window", WINDOW),
        ("rtx_window", WINDOW),
    ],
    align=True,
)

PAYLOAD = np.dtype(("u1", (MAX_DATAGRAM,)))

RESEND = np.dtype(
    [("position", "i8"), ("generation", "i8"), ("at", "f8"), ("count", "i4")], align=True
)

# A voice's packet as it was sent; `number` is its sequence number and one, 0 for none.
VOICE = np.dtype([("number", "i4"), ("length", "i4"), ("octets", "u1", (VOICE_OCTETS,))])

DEPARTURE = np.dtype([("number", "i4"), ("octets", "i4"), ("at", "i8"), ("fate", "i4")], align=True)

# A proven address: its octets as numbers, and whose it is.
ADDRESS = np.dtype(
    [("high", "i8"), ("low", "i8"), ("rest", "i8"), ("peer", "i4"), ("is_taken", "i1")], align=True
)

# Linux, 64 bits: struct mmsghdr, struct iovec, and a control message with one 16-bit value.
MESSAGE = np.dtype(
    [
        ("name", "i8"),
        ("name_length", "i4"),
        ("pad", "u4"),
        ("vectors", "i8"),
        ("vector_count", "i8"),
        ("control", "i8"),
        ("control_length", "i8"),
        ("flags", "i4"),
        ("pad2", "u4"),
        ("length", "i4"),
        ("pad3", "u4"),
    ]
)
VECTOR = np.dtype([("base", "i8"), ("length", "i8")])
CONTROL = np.dtype(
    [("length", "i8"), ("level", "i4"), ("kind", "i4"), ("value", "u2"), ("pad", "u1", (6,))]
)

# A packet that waits in the outgoing buffer, and what a batch leaves for Python.
OUT = np.dtype([("peer", "i4"), ("length", "i4"), ("next", "i4")])
LEFT = np.dtype([("kind", "i4"), ("row", "i4"), ("length", "i4"), ("peer", "i4")])


class State(NamedTuple):
    """All that lasts; `counts` holds engine.Counters in the order of its fields, `marks` what
    compiled code has to say before anybody looks for it."""

    peers: Array
    heard: Array
    streams: Array
    tracks: Array
    slots: Array
    resent: Array
    voices: Array
    arrival_numbers: Array
    arrival_times: Array
    departures: Array
    inbounds: Array
    held: Array
    payloads: Array
    addresses: Array
    counts: Array
    marks: Array
    scratch: Array


# How many rows of each array belong to one peer, and to one inbound.
PER_PEER = {
    "peers": (1, PEER),
    "heard": (HEARD, HEARD_SSRC),
    "streams": (STREAMS, STREAM),
    "tracks": (SOURCES, TRACK),
    "slots": (SLOTS, SLOT),
    "resent": (SLOTS * RESENT, RESEND),
    "voices": (SLOTS * VOICES_KEPT, VOICE),
    "arrival_numbers": (ARRIVALS, np.dtype("u2")),
    "arrival_times": (ARRIVALS, np.dtype("f8")),
    "departures": (DEPARTURES, DEPARTURE),
}
PER_INBOUND = {
    "inbounds": (1, INBOUND),
    "held": (RING, HELD),
    "payloads": (RING, PAYLOAD),
}
# A power of two, and four times the paths that a full node can have proven.
ADDRESSES = 1 << 14

PACKETS_IN, OCTETS_IN, PACKETS_OUT, OCTETS_OUT, REFUSED, REPAIRED, RESENT_OUT, PROBES, UNSENT = (
    range(9)
)
# Set with every hole; whoever finds none any more clears it.
HOLED = 0


def new_state(peers: int, inbounds: int) -> State:
    """Room for so many; the memory is only taken once a row is written."""
    per_peer = {name: np.zeros(rows * peers, kind) for name, (rows, kind) in PER_PEER.items()}
    per_inbound = {
        name: np.zeros(rows * inbounds, kind) for name, (rows, kind) in PER_INBOUND.items()
    }
    return State(
        **per_peer,
        **per_inbound,
        addresses=np.zeros(ADDRESSES, ADDRESS),
        counts=np.zeros(9, "i8"),
        marks=np.zeros(1, "i1"),
        scratch=np.zeros(64, "u1"),
    )


_PAGE = 4096
_Family = Mapping[str, tuple[int, np.dtype[Any]]]


def grow(state: State, family: _Family, count: int) -> State:
    """The same state with room for so many in one family; what is in use keeps its row.

    The arrays of the others are handed over as they are: media waits meanwhile.
    """
    larger = {name: np.zeros(rows * count, kind) for name, (rows, kind) in family.items()}
    for name, array in larger.items():
        _copy(getattr(state, name), array)
    return state._replace(**larger)


def _copy(former: Array, larger: Array) -> None:
    """Page by page, and no page that nobody wrote to: it would take memory from then on."""
    source, target = former.reshape(-1).view("u1"), larger.reshape(-1).view("u1")
    whole = source.size - source.size % _PAGE
    is_written = source[:whole].view("u8").reshape(-1, _PAGE // 8).max(axis=1) != 0
    # Pages in one go: a list of them would be copied twice, once to memory never used before.
    pages = f"V{_PAGE}"
    np.copyto(target[:whole].view(pages), source[:whole].view(pages), where=is_written)
    target[whole : source.size] = source[whole:]
