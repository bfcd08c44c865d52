"""The engine in plain Python: readable first, and the oracle for any faster one."""

import contextlib
import socket as sockets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from media_relay.departures import PathReport
from media_relay.engine import (
    BATCH,
    Address,
    Counters,
    LegReport,
    Path,
    Seen,
    SrtpKeys,
    SrtpProfile,
    StreamCount,
    StreamSpec,
)
from media_relay.engine_peer import Leg, Peer, Stream, Track
from media_relay.errors import Malformed
from media_relay.inbound import Inbound, Received, ReceptionReport
from media_relay.layout import CLOCK_RATES
from media_relay.outbound import SlotSpec
from media_relay.outgoing import Outgoing
from media_relay.rtp import RtpPacket, parse_rtp, unwrap_rtx
from media_relay.srtp import MAX_DATAGRAM
from media_relay.tickets import Source

# Three layers and their RTX, mic, screen and its RTX, doubled for streams that restart.
MAX_SSRCS = 24


class ReferenceEngine:
    """See `engine.Engine` for the contract."""

    def __init__(
        self, bound: Sequence[sockets.socket], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sockets = bound
        self._clock = clock
        self._peers: dict[int, Peer] = {}
        self._peer_of: list[dict[Address, Peer]] = [{} for _ in bound]
        self._counters = Counters()
        self._outgoing = Outgoing(bound, self._counters)

    @property
    def profiles(self) -> frozenset[SrtpProfile]:
        return frozenset(SrtpProfile)

    def add_peer(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        self._peers[peer] = Peer(peer, keys, slots, transport_cc)

    def remove_peer(self, peer: int) -> None:
        gone = self._peers.get(peer)
        if gone is None:
            return
        for slot in list(gone.legs):
            self.remove_leg(peer, slot)
        for track in gone.tracks.values():
            for leg in list(track.legs):
                del leg.viewer.legs[leg.slot]
                leg.rest()
        del self._peers[peer]
        for owners in self._peer_of:
            for address in [at for at, owner in owners.items() if owner is gone]:
                del owners[address]

    def bind(self, peer: int, path: Path) -> None:
        known = self._peers.get(peer)
        if known is not None:
            self._peer_of[path.socket][path.address] = known

    def unbind(self, path: Path) -> None:
        self._peer_of[path.socket].pop(path.address, None)

    def send_over(self, peer: int, path: Path) -> None:
        known = self._peers.get(peer)
        if known is not None:
            known.outbox.send_over(path)

    def learn(self, peer: int, stream: StreamSpec) -> None:
        known = self._peers.get(peer)
        if known is None:
            return
        track = known.tracks[stream.source]
        inbound = track.layers.get(stream.layer)
        if not stream.is_rtx and (inbound is None or inbound.ssrc != stream.ssrc):
            inbound = self._renew_layer(known, track, stream)
        known.streams[stream.ssrc] = Stream(stream, inbound)

    def take(self, peer: int, plain: bytes) -> None:
        known = self._peers.get(peer)
        with contextlib.suppress(Malformed):
            packet = parse_rtp(plain)
            stream = known.streams.get(packet.ssrc) if known else None
            if known is not None and stream is not None:
                self._take(known, stream, packet, self._clock())
                self._outgoing.flush()

    def allow(self, peer: int, sources: frozenset[Source]) -> None:
        known = self._peers.get(peer)
        if known is None:
            return
        for source in sources - known.allowed:
            self._renew(known, source)
        known.allowed = sources

    def add_leg(self, source_peer: int, source: Source, viewer: int, slot: int) -> None:
        self.remove_leg(viewer, slot)
        seen, watching = self._peers.get(source_peer), self._peers.get(viewer)
        if seen is None or watching is None:
            return
        leg = Leg(watching, slot, source_peer, source, watching.slots[slot])
        seen.tracks[source].legs.append(leg)
        watching.legs[slot] = leg

    def aim(self, viewer: int, slot: int, layer: str | None) -> None:
        watching = self._peers.get(viewer)
        leg = watching.legs.get(slot) if watching else None
        if leg is None:
            return
        leg.layer = layer
        if layer is None:
            leg.rest()

    def remove_leg(self, viewer: int, slot: int) -> None:
        watching = self._peers.get(viewer)
        leg = watching.legs.pop(slot, None) if watching else None
        if leg is not None:
            leg.rest()
            self._track_of(leg).legs.remove(leg)

    def run(self, socket: int) -> Seen:
        seen = Seen()
        receive, peer_of = self._sockets[socket].recvfrom, self._peer_of[socket]
        for _ in range(BATCH):
            try:
                data, address = receive(MAX_DATAGRAM + 1)
            except BlockingIOError:
                break
            except OSError:
                continue
            seen.count += 1
            if not data or len(data) > MAX_DATAGRAM:
                continue
            self._counters.packets_in += 1
            self._counters.octets_in += len(data)
            # RFC 7983: by the first byte; media only from a path that STUN has proven.
            if 128 <= data[0] <= 191:
                self._hear(peer_of.get(address), data, seen)
            else:
                seen.strangers.append((Path(socket, address), data))
        self._outgoing.flush()
        return seen

    def send_raw(self, path: Path, data: bytes) -> None:
        self._outgoing.send(path, data)

    def send_rtcp(self, peer: int, data: bytes) -> None:
        known = self._peers.get(peer)
        if known is not None and known.outbox.path is not None:
            with contextlib.suppress(Malformed):
                self._outgoing.send(known.outbox.path, known.send.protect_rtcp(data))

    def resend(self, viewer: int, ssrc: int, sequences: list[int]) -> None:
        watching = self._peers.get(viewer)
        leg = watching.leg_of(ssrc) if watching else None
        if leg is None or leg.inbound is None:
            return
        now = self._clock()
        for sequence in sequences:
            if leg.stream.spec.is_video:
                repair = leg.stream.resend(leg.inbound, sequence, now)
                if repair is not None:
                    self._send(leg.viewer, repair)
            else:
                repair = leg.stream.kept(sequence, now)
                if repair is not None:
                    self._outgoing.post(leg.viewer.outbox, repair)
            self._counters.resent += repair is not None
        self._outgoing.flush()

    def probe(self, viewer: int, slot: int, count: int) -> int:
        watching = self._peers.get(viewer)
        if watching is None or watching.outbox.path is None:
            return 0
        stream = watching.slots[slot]
        now = self._clock()
        paddings = list(filter(None, (stream.pad(now) for _ in range(count))))
        for padding in paddings:
            self._send(watching, padding)
        self._counters.probes += len(paddings)
        self._outgoing.flush()
        return len(paddings)

    def digest(self, viewer: int, feedback: bytes) -> PathReport | None:
        watching = self._peers.get(viewer)
        return watching.departures.digest(feedback) if watching else None

    def waiting(self) -> set[tuple[int, int]]:
        found = set()
        now = self._clock()
        for watching in self._peers.values():
            for leg in watching.legs.values():
                if leg.stream.spec.is_video:
                    found |= {(leg.source_peer, each.ssrc) for each in self._awaited(leg, now)}
        return found

    def source_of(self, viewer: int, ssrc: int) -> tuple[int, int] | None:
        watching = self._peers.get(viewer)
        leg = watching.leg_of(ssrc) if watching else None
        return (leg.source_peer, leg.inbound.ssrc) if leg and leg.inbound else None

    def holed(self) -> set[int]:
        return {
            number
            for number, known in self._peers.items()
            for track in known.tracks.values()
            for inbound in track.layers.values()
            if inbound.has_holes
        }

    def due_holes(self, peer: int, now: float, again: float) -> dict[int, list[int]]:
        due = {}
        for _, _, inbound in self._allowed(peer):
            sequences = inbound.due_holes(now, again)
            if sequences:
                due[inbound.ssrc] = sequences
        return due

    def take_arrivals(self, peer: int) -> list[tuple[int, float]]:
        known = self._peers.get(peer)
        if known is None:
            return []
        arrivals = list(known.arrivals)
        known.arrivals.clear()
        return arrivals

    def reception(self, peer: int) -> list[ReceptionReport]:
        reports = (inbound.report() for _, _, inbound in self._allowed(peer))
        return [report for report in reports if report is not None]

    def streams(self, peer: int) -> list[StreamCount]:
        now = self._clock()
        return [
            StreamCount(source, layer, inbound.ssrc, *inbound.received, inbound.is_flowing(now))
            for source, layer, inbound in self._allowed(peer)
        ]

    def legs(self, viewer: int) -> list[LegReport]:
        watching = self._peers.get(viewer)
        legs = (leg for _, leg in sorted(watching.legs.items())) if watching else ()
        reports = (self._track_of(leg).report(leg) for leg in legs)
        return [report for report in reports if report is not None]

    def counters(self) -> Counters:
        return replace(self._counters)

    def _hear(self, known: Peer | None, data: bytes, seen: Seen) -> None:
        try:
            if known is None or len(data) < 12:
                raise Malformed("rtp.stray")
            # RFC 5761: RTCP's packet types, shifted into the marker bit.
            if 192 <= data[1] <= 223:
                seen.rtcp.append((known.number, known.guard.open_rtcp(data, self._clock())))
            else:
                self._media(known, data, seen)
        except Malformed:
            self._counters.refused += 1

    def _media(self, known: Peer, data: bytes, seen: Seen) -> None:
        ssrc = int.from_bytes(data[8:12], "big")
        if ssrc not in known.heard and len(known.heard) >= MAX_SSRCS:
            raise Malformed("rtp.too_many_streams")
        plain = known.receive.unprotect(data)
        known.heard.add(ssrc)
        packet = parse_rtp(plain)
        now = self._clock()
        if known.transport_cc:
            known.note_arrival(packet, now)
        stream = known.streams.get(ssrc)
        if stream is None:
            known.guard.pass_unlearnt(now)
            seen.unlearnt.append((known.number, plain))
            return
        self._take(known, stream, packet, now)

    def _take(self, known: Peer, stream: Stream, packet: RtpPacket, now: float) -> None:
        spec, inbound = stream.spec, stream.inbound
        if spec.source not in known.allowed or packet.payload_type != spec.payload_type:
            return
        if inbound is None or known.tracks[spec.source].layers[spec.layer] is not inbound:
            return
        if spec.is_rtx:
            original = unwrap_rtx(packet)
            if original is None or not inbound.highest:
                return
            packet = original
        received = inbound.accept(packet, now, repaired=spec.is_rtx)
        if received is not None:
            self._counters.repaired += spec.is_rtx
            self._forward(known.tracks[spec.source], inbound, received, now)

    def _forward(self, track: Track, inbound: Inbound, received: Received, now: float) -> None:
        for leg in track.legs:
            # A viewer that misses one of two far jumps no longer knows its rollover counter.
            if leg.inbound is inbound and leg.stream.began_before(inbound.restart):
                leg.rest()
            if leg.inbound is inbound:
                self._give(leg, received, now)
            elif track.serves(leg, inbound, now):
                self._begin(leg, inbound, received, now)

    def _begin(self, leg: Leg, inbound: Inbound, received: Received, now: float) -> None:
        """With this packet if a decoder can, or on an empty tile with the last key frame."""
        start: Received | None = received
        if not leg.stream.can_begin(received):
            start = inbound.fresh_key(now) if leg.inbound is None else None
        if start is None:
            return
        leg.inbound = inbound
        leg.stream.begin(start, now)
        for each in (start, *inbound.since(start.position)):
            self._give(leg, each, now)

    def _give(self, leg: Leg, received: Received, now: float) -> None:
        stream = leg.stream
        plain = stream.forward(received, now)
        if plain is not None:
            protected = self._send(leg.viewer, plain)
            if protected is not None and not stream.is_video:
                stream.keep(plain, protected)

    def _send(self, viewer: Peer, plain: bytes) -> bytes | None:
        """Protected and posted, or None: one viewer's failure MUST NOT starve the others."""
        if viewer.outbox.path is None:
            return None
        try:
            protected = viewer.send.protect(plain)
        except Malformed:
            return None
        self._outgoing.post(viewer.outbox, protected)
        return protected

    def _renew_layer(self, known: Peer, track: Track, spec: StreamSpec) -> Inbound:
        """A layer begins, or begins anew: nothing before it is missed."""
        former = track.layers.get(spec.layer)
        inbound = track.layers[spec.layer] = Inbound(
            ssrc=spec.ssrc,
            clock_rate=CLOCK_RATES[spec.source],
            is_video=spec.source is not Source.MIC,
            repairs=spec.repairs,
        )
        for stream in known.streams.values():
            if (stream.spec.source, stream.spec.layer) == (spec.source, spec.layer):
                # The newest word on a layer wins: another SSRC that had it falls silent.
                stream.inbound = inbound if stream.spec.is_rtx else None
        for leg in track.legs:
            if leg.inbound is former:
                leg.rest()
        return inbound

    def _renew(self, known: Peer, source: Source) -> None:
        """A source that was silent by order begins anew, in every layer."""
        track = known.tracks[source]
        for stream in list(known.streams.values()):
            if stream.spec.source is source and not stream.spec.is_rtx:
                inbound = track.layers.get(stream.spec.layer)
                if inbound is not None and inbound.ssrc == stream.spec.ssrc:
                    stream.inbound = self._renew_layer(known, track, stream.spec)

    def _awaited(self, leg: Leg, now: float) -> Iterator[Inbound]:
        """The flowing layers for whose key frame this leg waits."""
        for inbound in self._track_of(leg).layers.values():
            is_wanted = self._track_of(leg).serves(leg, inbound, now)
            if not is_wanted or leg.inbound is inbound or not inbound.is_flowing(now):
                continue
            if leg.inbound is not None or inbound.fresh_key(now) is None:
                yield inbound

    def _track_of(self, leg: Leg) -> Track:
        return self._peers[leg.source_peer].tracks[leg.source]

    def _allowed(self, peer: int) -> Iterator[tuple[Source, str, Inbound]]:
        known = self._peers.get(peer)
        for source in sorted(known.allowed) if known else ():
            assert known is not None
            for layer, inbound in sorted(known.tracks[source].layers.items()):
                yield source, layer, inbound
