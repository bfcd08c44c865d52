"""The engine in plain Python: readable first, and the oracle for any faster one."""

import contextlib
import socket as sockets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pylibsrtp

from media_relay.engine import Address, LegReport, Path, Seen, SrtpKeys, SrtpProfile, StreamSpec
from media_relay.errors import Malformed
from media_relay.inbound import Inbound, Received, ReceptionReport
from media_relay.layout import CLOCK_RATES
from media_relay.outbound import SlotSpec, SlotStream
from media_relay.rtp import RtpPacket, header_extensions, parse_rtp, unwrap_rtx
from media_relay.tickets import Source

BATCH = 64
# pylibsrtp's buffer; nothing larger crosses an ordinary network in one piece.
MAX_DATAGRAM = 1500
# Three layers and their RTX, mic, screen and its RTX, doubled for streams that restart.
MAX_SSRCS = 24
MAX_ARRIVALS = 2048
# The layers that a viewer may be given, in order; the first that is learnt is forwarded.
LAYERS = ("", "h")
# Late and repaired packets must still pass, on both sides.
REPLAY_WINDOW = 1024

_PROFILES = {
    SrtpProfile.AEAD_AES_128_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpProfile.AEAD_AES_256_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    SrtpProfile.AES128_CM_SHA1_80: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


@dataclass(slots=True)
class _Track:
    """One source of one peer: its layers, and the slots that carry it."""

    layers: dict[str, Inbound] = field(default_factory=dict)
    legs: list[tuple[int, int]] = field(default_factory=list)

    def forwarded(self) -> Inbound | None:
        return next((self.layers[name] for name in LAYERS if name in self.layers), None)


@dataclass(slots=True)
class _Stream:
    spec: StreamSpec
    inbound: Inbound


class _Peer:
    def __init__(self, keys: SrtpKeys, slots: Sequence[SlotSpec], transport_cc: int) -> None:
        self.receive = _srtp(keys.profile, keys.receive, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self.send = _srtp(keys.profile, keys.send, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.slots = [SlotStream(spec) for spec in slots]
        self.slot_of_ssrc = {spec.ssrc: index for index, spec in enumerate(slots)}
        self.carried: dict[int, tuple[int, Source]] = {}
        self.transport_cc = transport_cc
        self.arrivals: deque[tuple[int, float]] = deque(maxlen=MAX_ARRIVALS)
        self.path: Path | None = None
        self.streams: dict[int, _Stream] = {}
        self.heard: set[int] = set()
        self.tracks = {source: _Track() for source in Source}
        self.allowed: frozenset[Source] = frozenset()


class ReferenceEngine:
    """See `engine.Engine` for the contract."""

    def __init__(
        self, bound: Sequence[sockets.socket], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sockets = bound
        self._clock = clock
        self._peers: dict[int, _Peer] = {}
        self._peer_of: dict[tuple[int, Address], int] = {}

    def add_peer(
        self, peer: int, keys: SrtpKeys, slots: tuple[SlotSpec, ...], transport_cc: int
    ) -> None:
        self._peers[peer] = _Peer(keys, slots, transport_cc)

    def remove_peer(self, peer: int) -> None:
        gone = self._peers.get(peer)
        if gone is None:
            return
        for slot in list(gone.carried):
            self.remove_leg(peer, slot)
        for track in gone.tracks.values():
            for viewer, slot in list(track.legs):
                self.remove_leg(viewer, slot)
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
        layers = known.tracks[stream.source].layers
        inbound = layers.get(stream.layer)
        if inbound is None and stream.is_rtx:
            return
        if inbound is None or (not stream.is_rtx and inbound.ssrc != stream.ssrc):
            inbound = self._new_inbound(stream)
            layers[stream.layer] = inbound
            self._restart_legs(known.tracks[stream.source])
        known.streams[stream.ssrc] = _Stream(stream, inbound)
        if not stream.is_rtx:
            self._point_rtx_at(known, stream, inbound)

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
        seen.tracks[source].legs.append((viewer, slot))
        watching.carried[slot] = (source_peer, source)
        watching.slots[slot].restart()

    def remove_leg(self, viewer: int, slot: int) -> None:
        watching = self._peers.get(viewer)
        carried = watching.carried.pop(slot, None) if watching else None
        if watching is None or carried is None:
            return
        watching.slots[slot].restart()
        seen = self._peers.get(carried[0])
        if seen is not None:
            seen.tracks[carried[1]].legs.remove((viewer, slot))

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
            if data and len(data) <= MAX_DATAGRAM:
                self._sort(Path(socket, address), data, seen)
        return seen

    def send_raw(self, path: Path, data: bytes) -> None:
        # A full socket or an unreachable peer loses the datagram, as the network would.
        with contextlib.suppress(OSError):
            self._sockets[path.socket].sendto(data, path.address)

    def send_rtcp(self, peer: int, data: bytes) -> None:
        known = self._peers.get(peer)
        if known is not None and known.path is not None:
            with contextlib.suppress(pylibsrtp.Error, ValueError):
                self.send_raw(known.path, known.send.protect_rtcp(data))

    def resend(self, viewer: int, ssrc: int, sequences: list[int]) -> None:
        watching = self._peers.get(viewer)
        slot = watching.slot_of_ssrc.get(ssrc) if watching else None
        if watching is None or slot is None:
            return
        inbound = self._inbound_of(watching, slot)
        if inbound is None:
            return
        now = self._clock()
        for sequence in sequences:
            repair = watching.slots[slot].resend(inbound, sequence, now)
            if repair is not None:
                self._send(watching, repair)

    def waiting(self) -> set[tuple[int, int]]:
        found = set()
        now = self._clock()
        for watching in self._peers.values():
            for slot, (source_peer, _) in watching.carried.items():
                stream = watching.slots[slot]
                if stream.is_waiting and stream.spec.is_video:
                    inbound = self._inbound_of(watching, slot)
                    if inbound is not None and inbound.is_flowing(now):
                        found.add((source_peer, inbound.ssrc))
        return found

    def source_of(self, viewer: int, ssrc: int) -> tuple[int, int] | None:
        watching = self._peers.get(viewer)
        slot = watching.slot_of_ssrc.get(ssrc) if watching else None
        if watching is None or slot is None:
            return None
        inbound = self._inbound_of(watching, slot)
        return (watching.carried[slot][0], inbound.ssrc) if inbound else None

    def due_holes(self, peer: int, now: float, again: float) -> dict[int, list[int]]:
        due = {}
        for inbound in self._allowed_inbounds(peer):
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
        reports = (inbound.report() for inbound in self._allowed_inbounds(peer))
        return [report for report in reports if report is not None]

    def legs(self, viewer: int) -> list[LegReport]:
        watching = self._peers.get(viewer)
        found = []
        for slot, (source_peer, _) in watching.carried.items() if watching else ():
            assert watching is not None
            stream = watching.slots[slot]
            inbound = self._inbound_of(watching, slot)
            if inbound is not None and stream.timestamp_shift is not None:
                found.append(
                    LegReport(
                        ssrc=stream.spec.ssrc,
                        packets=stream.packets,
                        octets=stream.octets,
                        source_peer=source_peer,
                        source_ssrc=inbound.ssrc,
                        timestamp_shift=stream.timestamp_shift,
                        clock_rate=stream.spec.clock_rate,
                        began_at=stream.began_at,
                    )
                )
        return found

    def _sort(self, path: Path, data: bytes, seen: Seen) -> None:
        """RFC 7983: by the first byte; media only from a path that STUN has proven."""
        if not 128 <= data[0] <= 191:
            seen.strangers.append((path, data))
            return
        peer = self._peer_of.get((path.socket, path.address))
        known = self._peers.get(peer) if peer is not None else None
        if peer is None or known is None or len(data) < 12:
            return
        with contextlib.suppress(pylibsrtp.Error, ValueError, Malformed):
            # RFC 5761: RTCP's packet types, shifted into the marker bit.
            if 192 <= data[1] <= 223:
                seen.rtcp.append((peer, known.receive.unprotect_rtcp(data)))
            else:
                self._media(peer, known, data, seen)

    def _media(self, peer: int, known: _Peer, data: bytes, seen: Seen) -> None:
        ssrc = int.from_bytes(data[8:12], "big")
        if ssrc not in known.heard:
            if len(known.heard) >= MAX_SSRCS:
                return
            plain = known.receive.unprotect(data)
            known.heard.add(ssrc)
        else:
            plain = known.receive.unprotect(data)
        packet = parse_rtp(plain)
        now = self._clock()
        self._note_arrival(known, packet, now)
        stream = known.streams.get(ssrc)
        if stream is None:
            seen.unlearnt.append((peer, plain))
            return
        self._take(known, stream, packet, now)

    def _take(self, known: _Peer, stream: _Stream, packet: RtpPacket, now: float) -> None:
        spec = stream.spec
        if spec.source not in known.allowed or packet.payload_type != spec.payload_type:
            return
        if spec.is_rtx:
            original = unwrap_rtx(packet)
            if original is None or not stream.inbound.highest:
                return
            packet = original
        received = stream.inbound.accept(packet, now, repaired=spec.is_rtx)
        track = known.tracks[spec.source]
        if received is not None and stream.inbound is track.forwarded():
            self._forward(track, stream.inbound, received, now)

    def _forward(self, track: _Track, inbound: Inbound, received: Received, now: float) -> None:
        for viewer, slot in track.legs:
            watching = self._peers[viewer]
            stream = watching.slots[slot]
            if stream.is_waiting:
                if not stream.can_begin(received):
                    continue
                stream.begin(received, now)
                batch = [received, *inbound.since(received.position)]
            else:
                batch = [received]
            for each in batch:
                plain = stream.forward(each, now)
                if plain is not None:
                    self._send(watching, plain)

    def _send(self, watching: _Peer, plain: bytes) -> None:
        """One viewer's failure MUST NOT starve the others."""
        if watching.path is None:
            return
        with contextlib.suppress(pylibsrtp.Error, ValueError):
            self.send_raw(watching.path, watching.send.protect(plain))

    def _note_arrival(self, known: _Peer, packet: RtpPacket, now: float) -> None:
        if known.transport_cc:
            value = header_extensions(packet).get(known.transport_cc, b"")
            if len(value) == 2:
                known.arrivals.append((int.from_bytes(value, "big"), now))

    def _new_inbound(self, stream: StreamSpec) -> Inbound:
        return Inbound(
            ssrc=stream.ssrc,
            clock_rate=CLOCK_RATES[stream.source],
            is_video=stream.source is not Source.MIC,
            repairs=stream.repairs,
        )

    def _point_rtx_at(self, known: _Peer, stream: StreamSpec, inbound: Inbound) -> None:
        for other in known.streams.values():
            spec = other.spec
            if spec.is_rtx and (spec.source, spec.layer) == (stream.source, stream.layer):
                other.inbound = inbound

    def _renew(self, known: _Peer, source: Source) -> None:
        """A source that falls silent by order begins anew: nothing before it is missed."""
        track = known.tracks[source]
        for stream in list(known.streams.values()):
            if stream.spec.source is source and not stream.spec.is_rtx:
                inbound = self._new_inbound(stream.spec)
                track.layers[stream.spec.layer] = inbound
                stream.inbound = inbound
                self._point_rtx_at(known, stream.spec, inbound)
        self._restart_legs(track)

    def _restart_legs(self, track: _Track) -> None:
        for viewer, slot in track.legs:
            self._peers[viewer].slots[slot].restart()

    def _inbound_of(self, watching: _Peer, slot: int) -> Inbound | None:
        carried = watching.carried.get(slot)
        seen = self._peers.get(carried[0]) if carried else None
        return seen.tracks[carried[1]].forwarded() if seen and carried else None

    def _allowed_inbounds(self, peer: int) -> list[Inbound]:
        known = self._peers.get(peer)
        if known is None:
            return []
        return [
            inbound for source in known.allowed for inbound in known.tracks[source].layers.values()
        ]


def _srtp(profile: SrtpProfile, key: bytes, direction: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=_PROFILES[profile])
    policy.window_size = REPLAY_WINDOW
    return pylibsrtp.Session(policy)
