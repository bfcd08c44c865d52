"""The fast engine as `engine.Engine` wants it: packets in compiled code, changes in Python."""

import contextlib
import socket as sockets
import time
from collections.abc import Callable, Sequence

import numpy as np

from media_relay.departures import MAX_STATUSES, PathReport
from media_relay.engine import (
    Counters,
    LegReport,
    Path,
    Seen,
    SrtpKeys,
    SrtpProfile,
    StreamCount,
    StreamSpec,
)
from media_relay.engine_fast import calls, departures, inbounds, legs, reports
from media_relay.engine_fast.addresses import from_octets
from media_relay.engine_fast.incoming import RTCP, STRANGER, new_incoming, run
from media_relay.engine_fast.keys import PROFILES
from media_relay.engine_fast.members import Member, Members
from media_relay.engine_fast.outgoing import new_outgoing
from media_relay.engine_fast.state import (
    HOLED,
    MAX_DATAGRAM,
    NOBODY,
    OCTETS_OUT,
    PACKETS_OUT,
    REFUSED,
    RING,
    UNSENT,
)
from media_relay.errors import Malformed
from media_relay.inbound import ReceptionReport
from media_relay.outbound import SlotSpec
from media_relay.outgoing import segments
from media_relay.tickets import Source


class FastEngine:
    """See `engine.Engine` for the contract. SRTP with AES-GCM only."""

    def __init__(
        self, bound: Sequence[sockets.socket], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sockets = bound
        self._clock = clock
        self._members = Members()
        self._incoming = new_incoming()
        self._outgoing = new_outgoing(
            [each.fileno() for each in bound], segments=all(map(segments, bound))
        )
        self._plain = np.zeros(MAX_DATAGRAM, "u1")
        self._symbols = np.zeros(MAX_STATUSES, "i4")
        self._due = np.zeros(RING, "i8")

    @property
    def profiles(self) -> frozenset[SrtpProfile]:
        return frozenset(PROFILES)

    def add_peer(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        self._members.add(peer, keys, slots, transport_cc)

    def remove_peer(self, peer: int) -> None:
        self._members.remove(peer)

    def bind(self, peer: int, path: Path) -> None:
        self._members.bind(peer, path)

    def unbind(self, path: Path) -> None:
        self._members.unbind(path)

    def send_over(self, peer: int, path: Path) -> None:
        self._members.send_over(peer, path)

    def learn(self, peer: int, stream: StreamSpec) -> None:
        self._members.learn(peer, stream)

    def allow(self, peer: int, sources: frozenset[Source]) -> None:
        self._members.allow(peer, sources)

    def add_leg(self, source_peer: int, source: Source, viewer: int, slot: int) -> None:
        self._members.add_leg(source_peer, source, viewer, slot)

    def aim(self, viewer: int, slot: int, layer: str | None) -> None:
        self._members.aim(viewer, slot, layer)

    def remove_leg(self, viewer: int, slot: int) -> None:
        self._members.remove_leg(viewer, slot)

    def take(self, peer: int, plain: bytes) -> None:
        member = self._members.get(peer)
        if member is None or len(plain) > MAX_DATAGRAM:
            return
        self._plain[: len(plain)] = np.frombuffer(plain, "u1")
        state, now = self._members.state, self._clock()
        calls.take_plain(state, self._outgoing, member.row, self._plain, len(plain), now)

    def run(self, socket: int) -> Seen:
        state, now = self._members.state, self._clock()
        count, left = run(state, self._incoming, self._outgoing, socket, now)
        seen = Seen(count)
        for kind, row, length, name in self._incoming.left[:left].tolist():
            data = self._incoming.rows[row, :length].tobytes()
            if kind == STRANGER:
                octets = int(self._incoming.messages[row]["name_length"])
                source = self._incoming.sources[row, :octets].tobytes()
                seen.strangers.append((from_octets(socket, source), data))
            elif not self._show(self._members.at(name), kind, data, now, seen):
                state.counts[REFUSED] += 1
        return seen

    def send_raw(self, path: Path, data: bytes) -> None:
        counts = self._members.state.counts
        # A full socket or an unreachable peer loses the datagram, as the network would.
        try:
            self._sockets[path.socket].sendto(data, path.address)
        except OSError:
            counts[UNSENT] += 1
            return
        counts[PACKETS_OUT] += 1
        counts[OCTETS_OUT] += len(data)

    def send_rtcp(self, peer: int, data: bytes) -> None:
        member = self._members.get(peer)
        if member is not None and member.path is not None:
            with contextlib.suppress(Malformed):
                self.send_raw(member.path, member.send.protect_rtcp(data))

    def resend(self, viewer: int, ssrc: int, sequences: list[int]) -> None:
        member = self._members.get(viewer)
        slot = member.slots.get(ssrc) if member else None
        if member is not None and slot in member.legs:
            wanted = np.array(sequences, "i8")
            state, now = self._members.state, self._clock()
            calls.resend(state, self._outgoing, member.leg(slot), wanted, now)

    def probe(self, viewer: int, slot: int, count: int) -> int:
        member = self._members.get(viewer)
        if member is None or member.path is None:
            return 0
        state, leg = self._members.state, member.leg(slot)
        if state.slots[leg]["rtx_payload_type"] == NOBODY:
            return 0
        calls.probe(state, self._outgoing, leg, count, self._clock())
        return count

    def digest(self, viewer: int, feedback: bytes) -> PathReport | None:
        member = self._members.get(viewer)
        if member is None:
            return None
        data = np.frombuffer(feedback, "u1").copy()
        found = departures.digest(self._members.state, member.row, data, self._symbols)
        return PathReport(*found[1:]) if found.is_whole else None

    def waiting(self) -> set[tuple[int, int]]:
        state = self._members.state
        found = np.zeros(len(state.inbounds), "u1")
        legs.waiting(state, self._clock(), found)
        records = state.inbounds[np.flatnonzero(found)]
        return set(zip(records["peer"].tolist(), records["ssrc"].tolist(), strict=True))

    def source_of(self, viewer: int, ssrc: int) -> tuple[int, int] | None:
        member = self._members.get(viewer)
        slot = member.slots.get(ssrc) if member else None
        if member is None or slot not in member.legs:
            return None
        state = self._members.state
        inbound = int(state.slots[member.leg(slot)]["inbound"])
        if inbound == NOBODY:
            return None
        return member.legs[slot][0], int(state.inbounds[inbound]["ssrc"])

    def holed(self) -> set[int]:
        state = self._members.state
        if not state.marks[HOLED]:
            return set()
        found = set(state.inbounds["peer"][state.inbounds["holes"] > 0].tolist())
        state.marks[HOLED] = bool(found)
        return found

    def due_holes(self, peer: int, now: float, again: float) -> dict[int, list[int]]:
        member, due = self._members.get(peer), {}
        state = self._members.state
        for _, _, row in self._members.allowed(member) if member else ():
            if state.inbounds[row]["holes"]:
                count = inbounds.due_holes(state, row, now, again, self._due)
                if count:
                    due[int(state.inbounds[row]["ssrc"])] = self._due[:count][::-1].tolist()
        return due

    def take_arrivals(self, peer: int) -> list[tuple[int, float]]:
        member = self._members.get(peer)
        return self._members.take_arrivals(member) if member else []

    def reception(self, peer: int) -> list[ReceptionReport]:
        member = self._members.get(peer)
        rows = (row for _, _, row in self._members.allowed(member)) if member else ()
        found = (reports.reception(self._members.state, row) for row in rows)
        return [report for report in found if report is not None]

    def streams(self, peer: int) -> list[StreamCount]:
        member, now = self._members.get(peer), self._clock()
        return [
            reports.stream_count(self._members.state, source, layer, row, now)
            for source, layer, row in (self._members.allowed(member) if member else ())
        ]

    def legs(self, viewer: int) -> list[LegReport]:
        member = self._members.get(viewer)
        return reports.legs(self._members, member) if member else []

    def counters(self) -> Counters:
        return Counters(*self._members.state.counts.tolist())

    @staticmethod
    def _show(member: Member, kind: int, data: bytes, now: float, seen: Seen) -> bool:
        """Leave a peer's RTCP, opened, or its unlearnt media; False if its guard refuses."""
        with contextlib.suppress(Malformed):
            if kind == RTCP:
                seen.rtcp.append((member.peer, member.guard.open_rtcp(data, now)))
            else:
                member.guard.pass_unlearnt(now)
                seen.unlearnt.append((member.peer, data))
            return True
        return False
