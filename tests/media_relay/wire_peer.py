"""A peer that speaks the wire itself, so that it can also speak it wrongly."""

import asyncio
import hashlib
import os
import socket
from collections import Counter
from collections.abc import Callable

import pylibsrtp
from aioice import stun
from aiortc.rtcdtlstransport import RTCCertificate
from OpenSSL import SSL

from media_relay.control import RelayControl
from tests.media_relay.desk import Desk
from tests.media_relay.offers import offer


class WirePeer:
    """STUN, DTLS and SRTP by hand over one UDP socket on 127.0.0.1."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.certificate = RTCCertificate.generateCertificate()
        self.received: list[bytes] = []
        self.answers: list[bytes] = []
        self._records: asyncio.Queue[bytes] = asyncio.Queue()
        self._checked = asyncio.Event()
        self._heard = asyncio.Event()
        self.rebind()

    def rebind(self) -> None:
        """A new source port, as behind a NAT that forgot us."""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self.socket, self._read, self.socket)

    async def open(
        self, relay: RelayControl, desk: Desk, *, fingerprint: str = "", name: str = "wire"
    ) -> None:
        """Offer, and remember what the answer says; `name` is our own ufrag."""
        self.name = name
        digest = self.certificate.getFingerprints()[0].value
        text = offer(ufrag=name, fingerprint=fingerprint or digest)
        answer = await relay.open_transport(desk.transport(self.person), text)
        self.ufrag = _value(answer, "a=ice-ufrag:")
        self.password = _value(answer, "a=ice-pwd:")
        self._answer = answer
        address, port = _value(answer, "a=candidate:").split()[4:6]
        self.relay = (address, int(port))

    async def connect(self, relay: RelayControl, desk: Desk) -> None:
        """Transport up, as while waiting."""
        await self.open(relay, desk)
        await self.check()
        await self.handshake()

    def ssrc(self, mid: int) -> int:
        """The SSRC that the answer promised for a line."""
        section = self._answer.split("\r\nm=")[1 + mid]
        return int(_value(section, "a=ssrc:").split()[0])

    def media(self) -> Counter[int]:
        """How many RTP packets came, by SSRC."""
        packets = (each for each in self.received if not 192 <= each[1] <= 223)
        return Counter(int.from_bytes(each[8:12], "big") for each in packets)

    async def hear(self, count: int, seconds: float = 10) -> None:
        """Wait until so many more packets have come."""
        wanted = len(self.received) + count
        async with asyncio.timeout(seconds):
            while len(self.received) < wanted:
                self._heard.clear()
                await self._heard.wait()

    async def hear_line(self, mid: int, count: int, seconds: float = 15) -> None:
        """Wait until so many RTP packets of a line have come in all."""
        async with asyncio.timeout(seconds):
            while self.media()[self.ssrc(mid)] < count:
                await self.hear(1, seconds)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self.relay)

    def request(
        self,
        *,
        ufrag: str = "",
        password: str = "",
        nominate: bool = True,
        change: Callable[[stun.Message], None] = lambda _: None,
    ) -> bytes:
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{ufrag or self.ufrag}:{self.name}"
        message.attributes["PRIORITY"] = 1
        message.attributes["ICE-CONTROLLING"] = 7
        if nominate:
            message.attributes["USE-CANDIDATE"] = None
        change(message)
        message.add_message_integrity((password or self.password).encode())
        return bytes(message)

    async def check(self) -> stun.Message:
        """A right connectivity check, and its answer: all that was sent before has been read."""
        self._checked.clear()
        self.send(self.request())
        async with asyncio.timeout(10):
            await self._checked.wait()
        return stun.parse_message(self.answers[-1])

    async def handshake(self) -> None:
        """DTLS as client; afterwards `protect` and `unprotect` work."""
        context = SSL.Context(SSL.DTLS_METHOD)
        context.use_certificate(self.certificate._cert)
        context.use_privatekey(self.certificate._key)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
        self.tls = SSL.Connection(context)
        self.tls.set_connect_state()
        async with asyncio.timeout(10):
            while True:
                try:
                    self.tls.do_handshake()
                except SSL.WantReadError:
                    self._flush()
                    self.tls.bio_write(await self._records.get())
                else:
                    break
        self._flush()
        material = self.tls.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * 28)
        outgoing = material[:16] + material[32:44]
        incoming = material[16:32] + material[44:56]
        profile = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM
        any_out, any_in = (
            pylibsrtp.Policy.SSRC_ANY_OUTBOUND,
            pylibsrtp.Policy.SSRC_ANY_INBOUND,
        )
        self.srtp = pylibsrtp.Session(pylibsrtp.Policy(outgoing, any_out, srtp_profile=profile))
        self.opened = pylibsrtp.Session(pylibsrtp.Policy(incoming, any_in, srtp_profile=profile))

    def send_media(self, plain: bytes) -> None:
        self.send(self.srtp.protect(plain))

    def send_rtcp(self, plain: bytes) -> None:
        self.send(self.srtp.protect_rtcp(plain))

    def _flush(self) -> None:
        while True:
            try:
                self.send(self.tls.bio_read(1500))
            except SSL.Error:
                return

    def _read(self, bound: socket.socket) -> None:
        while True:
            try:
                data = bound.recv(2000)
            except BlockingIOError:
                return
            self._heard.set()
            if data[0] < 4:
                self.answers.append(data)
                self._checked.set()
            elif data[0] < 64:
                self._records.put_nowait(data)
            elif 192 <= data[1] <= 223:
                self.received.append(self.opened.unprotect_rtcp(data))
            else:
                self.received.append(self.opened.unprotect(data))


def noise(length: int = 200) -> bytes:
    """Bytes without meaning, the same length whatever they hold."""
    return hashlib.shake_128(os.urandom(8)).digest(length)


def _value(answer: str, prefix: str) -> str:
    return next(line for line in answer.splitlines() if line.startswith(prefix))[len(prefix) :]
