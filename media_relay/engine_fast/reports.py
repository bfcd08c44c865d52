"""What the slow side asks about once a second, read from the rows."""

from media_relay.engine import LegReport, StreamCount
from media_relay.engine_fast.members import Member, Members
from media_relay.engine_fast.state import NOBODY, State
from media_relay.inbound import SILENT_SECONDS, ReceptionReport
from media_relay.tickets import Source

_ORIGIN = 1 << 16


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


def leg(members: Members, viewer: Member, slot: int) -> LegReport | None:
    """What a slot is being sent; None while its leg carries nothing."""
    state = members.state
    record = state.slots[viewer.leg(slot)]
    inbound = int(record["inbound"])
    if inbound == NOBODY:
        return None
    source_peer, source = viewer.legs[slot]
    publisher = members.at(int(record["source_peer"]))
    rows = state.tracks[publisher.track(source)]["layers"].tolist()
    return LegReport(
        slot=slot,
        layer=publisher.layers[source][rows.index(inbound)],
        ssrc=int(record["ssrc"]),
        packets=int(record["packets"]),
        octets=int(record["octets"]),
        source_peer=source_peer,
        source_ssrc=int(state.inbounds[inbound]["ssrc"]),
        timestamp_shift=int(record["timestamp_shift"]),
        clock_rate=int(record["clock_rate"]),
        began_at=float(record["began_at"]),
    )
