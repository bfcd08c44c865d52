"""The same life for both engines: peers with the same numbers, the same packets, one clock."""

import os
import socket
from collections.abc import Callable
from typing import Any

import pylibsrtp

from media_relay.engine import Engine, Path, Seen, SrtpKeys, SrtpProfile, StreamSpec
from media_relay.engine_fast.engine import FastEngine
from media_relay.engine_reference import ReferenceEngine
from media_relay.outbound import FirstNumbers, SlotSpec
from media_relay.tickets import Source

FIRST = FirstNumbers(
    sequence=16_000, timestamp=2**32 - 90_000, picture_id=32_760, tl0=250, rtx_sequence=7
)
NUMBER = 5
SLOTS = (
    SlotSpec(500, 501, 120, 121, 90_000, is_video=True, transport_cc=NUMBER, first=FIRST),
    SlotSpec(510, 511, 120, 121, 90_000, is_video=True, transport_cc=0, first=FIRST),
    SlotSpec(600, 601, 109, None, 48_000, is_video=False, transport_cc=NUMBER, first=FIRST),
    SlotSpec(610, 611, 109, None, 48_000, is_video=False, transport_cc=0, first=FIRST),
)
PROFILES = (SrtpProfile.AEAD_AES_128_GCM, SrtpProfile.AEAD_AES_256_GCM)
_SRTP = {
    SrtpProfile.AEAD_AES_128_GCM: (pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    SrtpProfile.AEAD_AES_256_GCM: (pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44),
}


class PairPeer:
    """A peer with one socket for each engine; both see the same protected bytes."""

    def __init__(self, number: int, relays: list[tuple[str, int]]) -> None:
        self.number = number
        self._relays = relays
        self.sockets = [_socket() for _ in relays]
        profile = PROFILES[number % 2]
        _, size = _SRTP[profile]
        self.keys = SrtpKeys(profile, os.urandom(size), os.urandom(size))
        self._out = self._session(self.keys.receive, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self._in = [
            self._session(self.keys.send, pylibsrtp.Policy.SSRC_ANY_INBOUND) for _ in relays
        ]

        self._opened: list[dict[bytes, bytes]] = [{} for _ in relays]

    def seal(self, plain: bytes) -> bytes | None:
        """Protected, if libsrtp takes it for a packet."""
        try:
            return self._out.protect(plain)
        except (pylibsrtp.Error, ValueError):
            return None

    def seal_rtcp(self, plain: bytes) -> bytes:
        return self._out.protect_rtcp(plain)

    def send(self, data: bytes) -> None:
        for own, relay in zip(self.sockets, self._relays, strict=True):
            own.sendto(data, relay)

    def receive(self) -> list[list[bytes]]:
        """What has come from each engine, unprotected: MUST be authentic.

        A number may come again only as the very bytes that came before (the GCM rule): libsrtp
        refuses any others.
        """
        return [
            [self._open(index, data) for data in _drain(own)]
            for index, own in enumerate(self.sockets)
        ]

    def close(self) -> None:
        for own in self.sockets:
            own.close()

    def _open(self, index: int, data: bytes) -> bytes:
        opened = self._opened[index]
        if data not in opened:
            opened[data] = self._in[index].unprotect(data)
        return opened[data]

    def _session(self, key: bytes, direction: int) -> pylibsrtp.Session:
        profile, _ = _SRTP[self.keys.profile]
        policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=profile)
        policy.window_size = (1 << 15) - 64
        # A modified client may send a number again, with other bytes.
        policy.allow_repeat_tx = direction == pylibsrtp.Policy.SSRC_ANY_OUTBOUND
        return pylibsrtp.Session(policy)


class Pair:
    """Both engines. Every call goes to both, and MUST have the same result."""

    def __init__(self) -> None:
        self.now = 100.0
        self._bound = [_socket(), _socket()]
        self._relays = [each.getsockname() for each in self._bound]
        self.engines: list[Engine] = [
            ReferenceEngine([self._bound[0]], self._clock),
            FastEngine([self._bound[1]], self._clock),
        ]
        self.peers: dict[int, PairPeer] = {}
        self._closed: list[PairPeer] = []

    def join(self, number: int) -> PairPeer:
        """A peer with a path and every right, under a number that may have been another's."""
        self.leave(number)
        peer = self.peers[number] = PairPeer(number, self._relays)
        for index, engine in enumerate(self.engines):
            path = Path(0, peer.sockets[index].getsockname())
            engine.add_peer(number, peer.keys, SLOTS, NUMBER)
            engine.bind(number, path)
            engine.send_over(number, path)
            engine.allow(number, frozenset(Source))
        return peer

    def leave(self, number: int) -> None:
        self.call("remove_peer", number)
        if number in self.peers:
            self._closed.append(self.peers.pop(number))

    def learn(self, number: int, ssrc: int, layer: str, source: Source, *, rtx: bool) -> None:
        payload_type = 97 if rtx else 96
        self.call("learn", number, StreamSpec(ssrc, source, layer, payload_type, rtx, True))

    def call(self, name: str, *arguments: Any) -> Any:
        """The method's result, which both give."""
        reference, fast = (getattr(engine, name)(*arguments) for engine in self.engines)
        assert fast == reference, (name, arguments)
        return reference

    def run(self) -> Seen:
        """Both work off what waits for them; what they show Python is the same."""
        reference, fast = (engine.run(0) for engine in self.engines)
        assert fast.count == reference.count
        assert [data for _, data in fast.strangers] == [data for _, data in reference.strangers]
        assert fast.rtcp == reference.rtcp
        assert fast.unlearnt == reference.unlearnt
        return reference

    def compare(self) -> list[bytes]:
        """What every viewer got is the same; returns it."""
        found: list[bytes] = []
        for peer in self.peers.values():
            reference, fast = peer.receive()
            assert fast == reference
            found += reference
        assert self.engines[0].counters() == self.engines[1].counters()
        return found

    def close(self) -> None:
        for peer in [*self.peers.values(), *self._closed]:
            peer.close()
        for each in self._bound:
            each.close()

    @property
    def _clock(self) -> Callable[[], float]:
        return lambda: self.now


def _socket() -> socket.socket:
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind(("127.0.0.1", 0))
    own.setblocking(False)
    return own


def _drain(own: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(own.recv(2000))
        except BlockingIOError:
            return found
