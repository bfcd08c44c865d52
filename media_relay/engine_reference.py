"""The engine in plain Python: readable first, and the oracle for any faster one."""

import contextlib
import socket as sockets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pylibsrtp

from media_relay.engine import (
    BATCH,
    Address,
    Counters,
    LegReport,
    Path,
    PathReport,
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
from media_relay.outbound import SlotSpec, SlotStream
from media_relay.rtp import RtpPacket, header_extensions, parse_rtp, unwrap_rtx
from media_relay.tickets import Source

# pylibsrtp's buffer; nothing larger crosses an ordinary network in one piece.
MAX_DATAGRAM = 1500
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
        self._peer_of: dict[tuple[int, Address], int] = {}
        self._counters = Counters()

    @property
    def profiles(self) -> frozenset[SrtpProfile]:
        return frozenset(SrtpProfile)

    def add_peer(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        self._peers[peer] = Peer(keys, slots, transport_cc)

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
        self._peer_of = {at: owner for at, owner in self._peer_of.items() if owner != peer}

    def bind(self, peer: int, path: Path) -> None:
        self._peer_of[path.socket, path.address] = peer

    def unbind(self, path: Path) -> None:
        self._peer_of.pop((path.socket, path.address), None)

    def send_over(self, peer: int, path: Path) -> None:
        known = self._peers.get(peer)
        if known is not None:
            known.path = path

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
        bound = self._sockets[socket]
        for _ in range(BATCH):
            try:
                data, address = bound.recvfrom(MAX_DATAGRAM + 1)
            except BlockingIOError:
                break
            except OSError:
                continue
            seen.count += 1
            if data and len(data) <= MAX_DATAGRAM:
                self._sort(Path(socket, address), data, seen)
        return seen

    def send_raw(self, path: Path, data: bytes) -> None:
        # A full socket or an unreachable peer loses the datagram, as the network would.
        try:
            self._sockets[path.socket].sendto(data, path.address)
        except OSError:
            self._counters.unsent += 1
            return
        self._counters.packets_out += 1
        self._counters.octets_out += len(data)

    def send_rtcp(self, peer: int, data: bytes) -> None:
        known = self._peers.get(peer)
        if known is not None and known.path is not None:
            with contextlib.suppress(pylibsrtp.Error, ValueError):
                self.send_raw(known.path, known.send.protect_rtcp(data))

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
                    self._send(leg.viewer, leg.stream, repair, now)
            else:
                repair = leg.stream.kept(sequence, now)
                if repair is not None and leg.viewer.path is not None:
                    self.send_raw(leg.viewer.path, repair)
            self._counters.resent += repair is not None

    def probe(self, viewer: int, slot: int, count: int) -> int:
        watching = self._peers.get(viewer)
        if watching is None or watching.path is None:
            return 0
        stream = watching.slots[slot]
        now = self._clock()
        for sent in range(count):
            padding = stream.pad()
            if padding is None:
                return sent
            self._send(watching, stream, padding, now)
            self._counters.probes += 1
        return count

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
        found = []
        for slot, leg in sorted(watching.legs.items()) if watching else ():
            stream, shift = leg.stream, leg.stream.timestamp_shift
            if leg.inbound is not None and shift is not None:
                found.append(
                    LegReport(
                        slot=slot,
                        layer=self._track_of(leg).layer_of(leg.inbound),
                        ssrc=stream.spec.ssrc,
                        packets=stream.packets,
                        octets=stream.octets,
                        source_peer=leg.source_peer,
                        source_ssrc=leg.inbound.ssrc,
                        timestamp_shift=shift,
                        clock_rate=stream.spec.clock_rate,
                        began_at=stream.began_at,
                    )
                )
        return found

    def counters(self) -> Counters:
        return replace(self._counters)

    def _sort(self, path: Path, data: bytes, seen: Seen) -> None:
        """RFC 7983: by the first byte; media only from a path that STUN has proven."""
        self._counters.packets_in += 1
        self._counters.octets_in += len(data)
        if not 128 <= data[0] <= 191:
            seen.strangers.append((path, data))
            return
        peer = self._peer_of.get((path.socket, path.address))
        known = self._peers.get(peer) if peer is not None else None
        try:
            if peer is None or known is None or len(data) < 12:
                raise Malformed("rtp.stray")
            # RFC 5761: RTCP's packet types, shifted into the marker bit.
            if 192 <= data[1] <= 223:
                seen.rtcp.append((peer, known.receive.unprotect_rtcp(data)))
            else:
                self._media(peer, known, data, seen)
        except (pylibsrtp.Error, ValueError, Malformed):
            self._counters.refused += 1

    def _media(self, peer: int, known: Peer, data: bytes, seen: Seen) -> None:
        ssrc = int.from_bytes(data[8:12], "big")
        if ssrc not in known.heard and len(known.heard) >= MAX_SSRCS:
            raise Malformed("rtp.too_many_streams")
        plain = known.receive.unprotect(data)
        known.heard.add(ssrc)
        packet = parse_rtp(plain)
        now = self._clock()
        self._note_arrival(known, packet, now)
        stream = known.streams.get(ssrc)
        if stream is None:
            seen.unlearnt.append((peer, plain))
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
            batch = [received]
            if leg.inbound is not inbound:
                stream = leg.stream
                if not track.serves(leg, inbound, now) or not stream.can_begin(received):
                    continue
                leg.inbound = inbound
                stream.begin(received, now)
                batch += inbound.since(received.position)
            for each in batch:
                plain = leg.stream.forward(each, now)
                if plain is not None:
                    self._send(leg.viewer, leg.stream, plain, now)

    def _send(self, watching: Peer, stream: SlotStream, plain: bytes, now: float) -> None:
        """One viewer's failure MUST NOT starve the others."""
        if watching.path is None:
            return
        with contextlib.suppress(pylibsrtp.Error, ValueError):
            numbered = watching.numbered(plain, stream.spec.transport_cc, now)
            protected = watching.send.protect(numbered)
            stream.keep(plain, protected)
            self.send_raw(watching.path, protected)

    def _note_arrival(self, known: Peer, packet: RtpPacket, now: float) -> None:
        if known.transport_cc:
            value = header_extensions(packet).get(known.transport_cc, b"")
            if len(value) == 2:
                known.arrivals.append((int.from_bytes(value, "big"), now))

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
            if is_wanted and leg.inbound is not inbound and inbound.is_flowing(now):
                yield inbound

    def _track_of(self, leg: Leg) -> Track:
        return self._peers[leg.source_peer].tracks[leg.source]

    def _allowed(self, peer: int) -> Iterator[tuple[Source, str, Inbound]]:
        known = self._peers.get(peer)
        for source in sorted(known.allowed) if known else ():
            assert known is not None
            for layer, inbound in sorted(known.tracks[source].layers.items()):
                yield source, layer, inbound
