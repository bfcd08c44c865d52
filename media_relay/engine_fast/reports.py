"""What the slow side asks about once a second, read from the rows."""

from typing import Any

from media_relay.engine import LegReport, StreamCount
from media_relay.engine_fast.members import Member, Members
from media_relay.engine_fast.state import NOBODY, SLOTS, State
from media_relay.inbound import SILENT_SECONDS, ReceptionReport
from media_relay.tickets import Source

_ORIGIN = 1 << 16
_TOLD = (
    "inbound",
    "source_peer",
    "ssrc",
    "packets",
    "octets",
    "timestamp_shift",
    "clock_rate",
    "began_at",
)


def reception(state: State, row: int) -> ReceptionReport | None:
    """Loss since the last report and in all, None before the first packet."""
    inbound = state.inbounds[row]
    highest, received = int(inbound["highest"]), int(inbound["received"])
    if not highest:
        return None
    expected = highest - int(inbound["first"]) + 1
    interval = expected - int(inbound["reported_expected"])
    lost_now = interval - (received - int(inbound["reported_received"]))
    inbound["reported_expected"], inbound["reported_received"] = expected, received
    return ReceptionReport(
        int(inbound["ssrc"]),
        min(255, (lost_now << 8) // interval) if interval > 0 < lost_now else 0,
        max(-(1 << 23), min(expected - received, (1 << 23) - 1)),
        (highest - _ORIGIN) & 0xFFFFFFFF,
        int(inbound["jitter"]) & 0xFFFFFFFF,
    )


def stream_count(state: State, source: Source, layer: str, row: int, now: float) -> StreamCount:
    """The counters of one layer."""
    inbound = state.inbounds[row]
    return StreamCount(
        source=source,
        layer=layer,
        ssrc=int(inbound["ssrc"]),
        packets=int(inbound["received"]),
        octets=int(inbound["octets"]),
        is_flowing=bool(now - inbound["media_at"] < SILENT_SECONDS),
    )


def legs(members: Members, viewer: Member) -> list[LegReport]:
    """What each slot is being sent, but for those whose leg carries nothing."""
    first = viewer.leg(0)
    slots = members.state.slots[first : first + SLOTS]
    # Column by column: to read one number of one record costs as much as to read a column.
    told = {name: slots[name].tolist() for name in _TOLD}
    carrying = (slot for slot in sorted(viewer.legs) if told["inbound"][slot] != NOBODY)
    return [_leg(members, viewer, slot, told) for slot in carrying]


def _leg(members: Members, viewer: Member, slot: int, told: dict[str, list[Any]]) -> LegReport:
    state, inbound = members.state, told["inbound"][slot]
    source_peer, source = viewer.legs[slot]
    publisher = members.at(told["source_peer"][slot])
    rows = state.tracks["layers"][publisher.track(source)].tolist()
    return LegReport(
        slot=slot,
        layer=publisher.layers[source][rows.index(inbound)],
        ssrc=told["ssrc"][slot],
        packets=told["packets"][slot],
        octets=told["octets"][slot],
        source_peer=source_peer,
        source_ssrc=int(state.inbounds["ssrc"][inbound]),
        timestamp_shift=told["timestamp_shift"][slot],
        clock_rate=told["clock_rate"][slot],
        began_at=told["began_at"][slot],
    )
