"""One engine between hand-made peers on real sockets, with a clock that tests move."""

import os
import socket
from collections.abc import Callable, Sequence

import pylibsrtp

from media_relay.engine import Engine, Path, Seen, SrtpKeys, SrtpProfile, StreamSpec
from media_relay.engine_fast.engine import FastEngine
from media_relay.engine_reference import ReferenceEngine
from media_relay.outbound import FirstNumbers, SlotSpec
from media_relay.rtp import RtpPacket, header_extensions, parse_rtp
from media_relay.tickets import Source
from tests.media_relay.packets import vp8, wire

MakeEngine = Callable[[Sequence[socket.socket], Callable[[], float]], Engine]
ENGINES: list[MakeEngine] = [ReferenceEngine, FastEngine]

NUMBER = 5
FIRST = FirstNumbers(sequence=1, timestamp=2, picture_id=3, tl0=4, rtx_sequence=5)
SLOTS = (
    SlotSpec(500, 501, 120, 121, 90_000, is_video=True, transport_cc=NUMBER, first=FIRST),
    SlotSpec(600, 601, 109, None, 48_000, is_video=False, transport_cc=NUMBER, first=FIRST),
)
CAMERA, MIC = 0, 1


class RigPeer:
    """Keys, a socket, and what came to it, unprotected."""

    def __init__(self, number: int, relay: tuple[str, int]) -> None:
        self.number = number
        self._relay = relay
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.keys = SrtpKeys(SrtpProfile.AEAD_AES_128_GCM, os.urandom(28), os.urandom(28))
        profile = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM
        any_out, any_in = pylibsrtp.Policy.SSRC_ANY_OUTBOUND, pylibsrtp.Policy.SSRC_ANY_INBOUND
        self._out = pylibsrtp.Session(
            pylibsrtp.Policy(self.keys.receive, any_out, srtp_profile=profile)
        )
        self._in = pylibsrtp.Session(pylibsrtp.Policy(self.keys.send, any_in, srtp_profile=profile))

    def send(self, plain: bytes) -> None:
        self.send_raw(self.seal(plain))

    def seal(self, plain: bytes) -> bytes:
        return self._out.protect(plain)

    def seal_rtcp(self, plain: bytes) -> bytes:
        return self._out.protect_rtcp(plain)

    def send_raw(self, data: bytes) -> None:
        self.socket.sendto(data, self._relay)

    def receive(self) -> list[RtpPacket]:
        """What has come since; media only."""
        return [parse_rtp(self._in.unprotect(data)) for data in self.receive_protected()]

    def receive_protected(self) -> list[bytes]:
        """The same, as it came."""
        found: list[bytes] = []
        while True:
            try:
                data = self.socket.recv(2000)
            except BlockingIOError:
                return found
            if not 192 <= data[1] <= 223:
                found.append(data)


class Rig:
    """An engine, one publisher with a camera of three layers, and its viewers."""

    def __init__(self, make: MakeEngine) -> None:
        self.now = 100.0
        self._bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._bound.bind(("127.0.0.1", 0))
        self._bound.setblocking(False)
        self.address = self._bound.getsockname()
        self.engine = make([self._bound], lambda: self.now)
        self._peers: list[RigPeer] = []
        self._sent: dict[int, int] = {}
        self.publisher = self.join()
        self.engine.allow(self.publisher.number, frozenset(Source))

    def join(self) -> RigPeer:
        peer = RigPeer(len(self._peers) + 1, self.address)
        self._peers.append(peer)
        path = Path(0, peer.socket.getsockname())
        self.engine.add_peer(peer.number, peer.keys, SLOTS, 0)
        self.engine.bind(peer.number, path)
        self.engine.send_over(peer.number, path)
        return peer

    def learn(self, ssrc: int, layer: str, source: Source = Source.CAMERA) -> None:
        stream = StreamSpec(ssrc, source, layer, 96, is_rtx=False, repairs=True)
        self.engine.learn(self.publisher.number, stream)

    def send(
        self, ssrc: int, *, key: bool = False, payload: bytes | None = None, late: float = 0.0
    ) -> Seen:
        """The publisher's next packet on this SSRC, 20 ms after the last, and so much too late."""
        self.now += 0.020
        sequence = self._sent[ssrc] = self._sent.get(ssrc, 10 * ssrc) + 1
        body = payload if payload is not None else vp8(picture=sequence & 0x7FFF, tl0=1, key=key)
        stamp = int((self.now - late) * 90_000) & 0xFFFFFFFF
        self.publisher.send(wire(sequence, ssrc=ssrc, timestamp=stamp, payload=body))
        return self.engine.run(0)

    def skip(self, ssrc: int, count: int = 1) -> None:
        """Packets of the publisher's that the network loses; below zero: the next one is late."""
        self._sent[ssrc] = self._sent.get(ssrc, 10 * ssrc) + count

    def close(self) -> None:
        for each in (self._bound, *(peer.socket for peer in self._peers)):
            each.close()


def number_of(packet: RtpPacket) -> int:
    """Its transport-wide number."""
    return int.from_bytes(header_extensions(packet)[NUMBER], "big")
