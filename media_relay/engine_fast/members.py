"""Peers, their streams and their legs, as rows: all that changes when somebody joins or moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from media_relay.engine import Path, SrtpKeys, StreamSpec
from media_relay.engine_fast import addresses
from media_relay.engine_fast.keys import free_context, new_context
from media_relay.engine_fast.rows import Rows
from media_relay.engine_fast.state import (
    LAYERS,
    NOBODY,
    PAUSED,
    SLOTS,
    SOURCES,
    STREAMS,
    UNKNOWN,
    Record,
    State,
)
from media_relay.guard import Guard
from media_relay.inbound import AUDIO_RING, SILENT_SECONDS, VIDEO_RING
from media_relay.layout import CLOCK_RATES
from media_relay.outbound import SlotSpec
from media_relay.srtp import SrtpSession
from media_relay.tickets import Source

_NUMBERS = {source: number for number, source in enumerate(Source)}


@dataclass(slots=True, eq=False)
class Member:
    """What Python alone keeps of a peer: RTCP, which compiled code never opens, and names."""

    peer: int
    row: int
    guard: Guard
    send: SrtpSession
    path: Path | None = None
    paths: set[Path] = field(default_factory=set)
    slots: dict[int, int] = field(default_factory=dict)
    legs: dict[int, tuple[int, Source]] = field(default_factory=dict)
    aims: dict[int, str] = field(default_factory=dict)
    layers: dict[Source, list[str]] = field(default_factory=lambda: {each: [] for each in Source})
    allowed: frozenset[Source] = frozenset()

    def leg(self, slot: int) -> int:
        """The name of the leg on this slot in compiled code."""
        return self.row * SLOTS + slot

    def track(self, source: Source) -> int:
        """The row of one of its sources."""
        return self.row * SOURCES + _NUMBERS[source]


class Members:
    """See `engine.Engine` for what each change means."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._members: dict[int, Member] = {}
        self._peers: dict[int, int] = {}
        self._owners: dict[Path, int] = {}

    @property
    def state(self) -> State:
        """It may be another one after a peer or a stream was added."""
        return self._rows.state

    def get(self, peer: int) -> Member | None:
        return self._members.get(peer)

    def at(self, row: int) -> Member:
        """The member in this row, which MUST be in use."""
        return self._members[self._peers[row]]

    def add(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        if len(slots) > SLOTS:
            raise ValueError("slots.too_many")
        self.remove(peer)
        row = self._rows.lend_peer()
        profile = keys.profile
        record = self.state.peers[row]
        for direction, key, seals in (
            ("opening", keys.receive, False),
            ("sealing", keys.send, True),
        ):
            context, salt = new_context(profile, key, seals=seals)
            record[direction] = context
            record[f"{direction}_salt"] = np.frombuffer(salt, "u1")
        record["transport_cc"] = transport_cc
        self._members[peer] = Member(
            peer=peer,
            row=row,
            guard=Guard(SrtpSession(profile, keys.receive, sends=False)),
            send=SrtpSession(profile, keys.send, sends=True),
            slots={spec.ssrc: slot for slot, spec in enumerate(slots)},
        )
        self._peers[row] = peer
        for slot, spec in enumerate(slots):
            _write_slot(self.state.slots[row * SLOTS + slot], spec)

    def remove(self, peer: int) -> None:
        gone = self._members.get(peer)
        if gone is None:
            return
        for slot in list(gone.legs):
            self.remove_leg(peer, slot)
        for source in Source:
            for leg in list(self._legs_of(gone, source)):
                self.remove_leg(self._peers[leg // SLOTS], leg % SLOTS)
            for layer in range(len(gone.layers[source])):
                inbound = int(self.state.tracks[gone.track(source)]["layers"][layer])
                if inbound != NOBODY:
                    self._rows.take_back_inbound(inbound)
        for path in list(gone.paths):
            self.unbind(path)
        record = self.state.peers[gone.row]
        for name in ("opening", "sealing"):
            free_context(int(record[name]))
            record[name] = 0
        del self._members[peer], self._peers[gone.row]
        self._rows.take_back_peer(gone.row)

    def bind(self, peer: int, path: Path) -> None:
        self.unbind(path)
        member = self._members.get(peer)
        if member is None:
            return
        octets = np.frombuffer(addresses.to_octets(path), "u1").copy()
        addresses.enter(self.state.addresses, path.socket, octets, octets.size, member.row)
        member.paths.add(path)
        self._owners[path] = peer

    def unbind(self, path: Path) -> None:
        owner = self._owners.pop(path, None)
        if owner is not None:
            octets = np.frombuffer(addresses.to_octets(path), "u1").copy()
            addresses.strike(self.state.addresses, path.socket, octets, octets.size)
            self._members[owner].paths.discard(path)

    def send_over(self, peer: int, path: Path) -> None:
        member = self._members.get(peer)
        if member is None:
            return
        member.path = path
        octets = addresses.to_octets(path)
        record = self.state.peers[member.row]
        record["address"][: len(octets)] = np.frombuffer(octets, "u1")
        record["address_length"] = len(octets)
        record["socket"] = path.socket
        record["sends_singly"] = 0

    def learn(self, peer: int, spec: StreamSpec) -> None:
        member = self._members.get(peer)
        layer = self._layer(member, spec.source, spec.layer) if member else NOBODY
        if member is None or layer == NOBODY:
            return
        inbound = int(self.state.tracks[member.track(spec.source)]["layers"][layer])
        is_known = inbound != NOBODY and self.state.inbounds[inbound]["ssrc"] == spec.ssrc
        if not spec.is_rtx and not is_known:
            inbound = self._renew_layer(member, spec.source, layer, spec.ssrc, spec.repairs)
        record = self._stream(member, spec.ssrc)
        if record is not None:
            record["ssrc"] = spec.ssrc
            record["inbound"] = inbound
            record["source"] = _NUMBERS[spec.source]
            record["layer"] = layer
            record["payload_type"] = spec.payload_type
            record["is_rtx"] = spec.is_rtx

    def allow(self, peer: int, sources: frozenset[Source]) -> None:
        member = self._members.get(peer)
        if member is None:
            return
        for source in sources - member.allowed:
            self._renew(member, source)
        member.allowed = sources
        allowed = sum(1 << _NUMBERS[source] for source in sources)
        self.state.peers[member.row]["allowed"] = allowed

    def add_leg(self, source_peer: int, source: Source, viewer: int, slot: int) -> None:
        self.remove_leg(viewer, slot)
        seen, watching = self._members.get(source_peer), self._members.get(viewer)
        if seen is None or watching is None:
            return
        legs = list(self._legs_of(seen, source))
        leg = watching.leg(slot)
        record = self.state.slots[leg]
        record["source_peer"] = seen.row
        record["source"] = _NUMBERS[source]
        record["layer"] = PAUSED
        record["next_leg"] = NOBODY
        if legs:
            self.state.slots[legs[-1]]["next_leg"] = leg
        else:
            self.state.tracks[seen.track(source)]["first_leg"] = leg
        watching.legs[slot] = (source_peer, source)

    def aim(self, viewer: int, slot: int, layer: str | None) -> None:
        watching = self._members.get(viewer)
        carried = watching.legs.get(slot) if watching else None
        if watching is None or carried is None:
            return
        record = self.state.slots[watching.leg(slot)]
        if layer is None:
            watching.aims.pop(slot, None)
            record["layer"] = PAUSED
            _rest(record)
            return
        watching.aims[slot] = layer
        known = self._members[carried[0]].layers[carried[1]]
        record["layer"] = known.index(layer) if layer in known else UNKNOWN

    def remove_leg(self, viewer: int, slot: int) -> None:
        watching = self._members.get(viewer)
        carried = watching.legs.pop(slot, None) if watching else None
        if watching is None or carried is None:
            return
        watching.aims.pop(slot, None)
        leg, seen = watching.leg(slot), self._members[carried[0]]
        record = self.state.slots[leg]
        for former in self._legs_of(seen, carried[1]):
            if self.state.slots[former]["next_leg"] == leg:
                self.state.slots[former]["next_leg"] = record["next_leg"]
        track = self.state.tracks[seen.track(carried[1])]
        if track["first_leg"] == leg:
            track["first_leg"] = record["next_leg"]
        record["source_peer"] = record["next_leg"] = NOBODY
        _rest(record)

    def allowed(self, member: Member) -> Iterator[tuple[Source, str, int]]:
        """The inbounds of what it may send, by source and layer."""
        for source in sorted(member.allowed):
            rows = self.state.tracks[member.track(source)]["layers"]
            for name in sorted(member.layers[source]):
                inbound = int(rows[member.layers[source].index(name)])
                if inbound != NOBODY:
                    yield source, name, inbound

    def take_arrivals(self, member: Member) -> list[tuple[int, float]]:
        return self._rows.take_arrivals(member.row)

    def _legs_of(self, seen: Member, source: Source) -> Iterator[int]:
        leg = int(self.state.tracks[seen.track(source)]["first_leg"])
        while leg != NOBODY:
            following = int(self.state.slots[leg]["next_leg"])
            yield leg
            leg = following

    def _layer(self, member: Member, source: Source, name: str) -> int:
        """The number of a layer of this source; a leg may have been aimed at it already."""
        names = member.layers[source]
        if name in names:
            return names.index(name)
        if len(names) >= LAYERS:
            return NOBODY
        names.append(name)
        self.state.tracks[member.track(source)]["count"] = len(names)
        for leg in self._legs_of(member, source):
            if self.at(leg // SLOTS).aims.get(leg % SLOTS) == name:
                self.state.slots[leg]["layer"] = len(names) - 1
        return len(names) - 1

    def _stream(self, member: Member, ssrc: int) -> Record | None:
        """The record of this SSRC, old or new; None when there are too many."""
        first = member.row * STREAMS
        peer = self.state.peers[member.row]
        count = int(peer["streams"])
        for row in range(first, first + count):
            if self.state.streams[row]["ssrc"] == ssrc:
                return self.state.streams[row]
        if count >= STREAMS:
            return None
        peer["streams"] = count + 1
        return self.state.streams[first + count]

    def _renew_layer(
        self, member: Member, source: Source, layer: int, ssrc: int, repairs: bool
    ) -> int:
        """A layer begins, or begins anew: nothing before it is missed."""
        row = int(self.state.tracks[member.track(source)]["layers"][layer])
        if row == NOBODY:
            row = self._rows.lend_inbound()
            self.state.tracks[member.track(source)]["layers"][layer] = row
        self._rows.clear_inbound(row)
        record = self.state.inbounds[row]
        is_video = source is not Source.MIC
        record["peer"] = member.peer
        record["ssrc"] = ssrc
        record["is_video"] = is_video
        record["repairs"] = repairs
        record["size"] = VIDEO_RING if is_video else AUDIO_RING
        record["clock_rate"] = CLOCK_RATES[source]
        record["media_at"] = -SILENT_SECONDS
        for stream in self._streams_of(member, source, layer):
            stream["inbound"] = row if stream["is_rtx"] else NOBODY
        for leg in self._legs_of(member, source):
            if self.state.slots[leg]["inbound"] == row:
                _rest(self.state.slots[leg])
        return row

    def _renew(self, member: Member, source: Source) -> None:
        """A source that was silent by order begins anew, in every layer."""
        for layer in range(len(member.layers[source])):
            row = int(self.state.tracks[member.track(source)]["layers"][layer])
            if row == NOBODY:
                continue
            former = self.state.inbounds[row]
            ssrc, repairs = int(former["ssrc"]), bool(former["repairs"])
            self._renew_layer(member, source, layer, ssrc, repairs)
            for stream in self._streams_of(member, source, layer):
                if stream["ssrc"] == ssrc:
                    stream["inbound"] = row

    def _streams_of(self, member: Member, source: Source, layer: int) -> Iterator[Record]:
        first = member.row * STREAMS
        for row in range(first, first + int(self.state.peers[member.row]["streams"])):
            record = self.state.streams[row]
            if record["source"] == _NUMBERS[source] and record["layer"] == layer:
                yield record


def _rest(record: Record) -> None:
    """Carry nothing: the next packet given out is one a decoder can begin with."""
    record["inbound"] = NOBODY
    record["is_begun"] = 0
    record["generation"] += 1


def _write_slot(record: Record, spec: SlotSpec) -> None:
    record["ssrc"] = spec.ssrc
    record["rtx_ssrc"] = spec.rtx_ssrc
    record["payload_type"] = spec.payload_type
    record["rtx_payload_type"] = NOBODY if spec.rtx_payload_type is None else spec.rtx_payload_type
    record["is_video"] = spec.is_video
    record["transport_cc"] = spec.transport_cc
    record["clock_rate"] = spec.clock_rate
    record["position"] = (1 << 16) + spec.first.sequence
    record["timestamp"] = spec.first.timestamp
    record["picture_id"] = spec.first.picture_id
    record["tl0"] = spec.first.tl0
    record["rtx_sequence"] = spec.first.rtx_sequence
