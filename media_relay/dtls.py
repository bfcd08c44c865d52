"""DTLS by aiortc. The only file that touches aiortc's privates (a contract test pins them).

aiortc's `RTCDtlsTransport` is given an object shaped like an ICE transport, runs the
handshake as server and stays alive for alerts; packets of media never pass through it.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_AES128_CM_SHA1_80,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from OpenSSL import SSL

from media_relay.engine import SrtpKeys, SrtpProfile
from media_relay.errors import HandshakeFailed
from media_relay.sdp import Fingerprint

HANDSHAKE_SECONDS = 20.0
# A handshake has about six datagrams; more than this at once is not one.
MAX_QUEUED = 64
# GCM first: the server's order decides, and AES-128 is the cheapest.
PROFILES = (SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_SHA1_80)


class _IceShape:
    """What RTCDtlsTransport asks of an ICE transport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._deliver = send
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(MAX_QUEUED)
        self._is_closed = False

    def feed(self, data: bytes) -> None:
        # Overflow is dropped: DTLS repeats what is lost.
        if data and not self._is_closed and not self._queue.full():
            self._queue.put_nowait(data)

    def close(self) -> None:
        self._is_closed = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(b"")

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if not data:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._deliver(data)


class DtlsServer:
    """One handshake with one peer, under a certificate of its own.

    Only `profiles` are offered: what the engine cannot protect MUST NOT be agreed on.
    """

    def __init__(
        self, send: Callable[[bytes], None], profiles: Collection[SrtpProfile] = tuple(SrtpProfile)
    ) -> None:
        self._ice = _IceShape(send)
        self._certificate = RTCCertificate.generateCertificate()
        # The shape is duck-typed: aiortc only calls _recv, _send and role.
        self._transport = RTCDtlsTransport(self._ice, [self._certificate])  # type: ignore[arg-type]
        self._transport._srtp_profiles = [
            each for each in PROFILES if each.openssl_profile.decode() in profiles
        ]
        self._transport._set_role("server")
        self.closed = asyncio.Event()
        self._transport.on("statechange", self._note_state)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as SDP writes it."""
        digests = {each.algorithm: each.value for each in self._certificate.getFingerprints()}
        return digests["sha-256"]

    def feed(self, data: bytes) -> None:
        """A DTLS datagram from the peer's path."""
        self._ice.feed(data)

    async def handshake(self, fingerprints: Sequence[Fingerprint]) -> SrtpKeys:
        """The SRTP keys, once the peer has shown the certificate that its offer named."""
        expected = [RTCDtlsFingerprint(each.algorithm, each.value) for each in fingerprints]
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._transport.start(RTCDtlsParameters(fingerprints=expected))
        except (TimeoutError, ValueError, TypeError, SSL.Error):
            # ValueError: a certificate that cryptography refuses to read.
            raise HandshakeFailed("handshake.failed") from None
        if self._transport.state != "connected":
            raise HandshakeFailed("handshake.failed")
        return self._keys()

    async def close(self) -> None:
        """Say goodbye to the peer; idempotent."""
        await self._transport.stop()
        self._ice.close()
        self.closed.set()

    def _keys(self) -> SrtpKeys:
        connection = self._transport._ssl
        if connection is None:
            raise HandshakeFailed("handshake.failed")
        name = connection.get_selected_srtp_profile()
        profile = next(each for each in PROFILES if each.openssl_profile == name)
        size = 2 * (profile.key_length + profile.salt_length)
        material = connection.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
        return SrtpKeys(
            profile=SrtpProfile(name.decode()),
            receive=profile.get_key_and_salt(material, 0),
            send=profile.get_key_and_salt(material, 1),
        )

    def _note_state(self) -> None:
        if self._transport.state in ("closed", "failed"):
            self.closed.set()
