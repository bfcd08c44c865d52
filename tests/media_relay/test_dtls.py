"""The contract with aiortc's DTLS, and who may finish a handshake."""

import asyncio
from inspect import iscoroutinefunction, signature

import pytest
from aiortc import rtcdtlstransport
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport

from media_relay.control import InProcessControl, TransportClosed, TransportConnected
from media_relay.dtls import PROFILES, DtlsServer
from media_relay.engine import SrtpProfile
from media_relay.node import Node
from tests.media_relay.desk import Desk
from tests.media_relay.listener import Listener
from tests.media_relay.wire_peer import WirePeer, noise


def test_aiortc_still_has_the_privates_that_one_file_uses() -> None:
    transport = RTCDtlsTransport.__dict__
    assert list(signature(transport["_set_role"]).parameters) == ["self", "role"]
    assert iscoroutinefunction(transport["start"])
    assert iscoroutinefunction(transport["stop"])
    source = rtcdtlstransport.RTCDtlsTransport._recv_next.__code__.co_names
    assert {"transport", "_recv"} <= set(source)
    assert "_srtp_profiles" in RTCDtlsTransport.__init__.__code__.co_names
    assert "_ssl" in RTCDtlsTransport.__init__.__code__.co_names
    assert "get_key_and_salt" in dir(rtcdtlstransport.SRTP_AEAD_AES_128_GCM)


def test_every_profile_on_offer_has_a_name_the_engine_knows() -> None:
    names = [profile.openssl_profile.decode() for profile in PROFILES]
    assert names == [profile.value for profile in SrtpProfile]
    assert names[0] == "SRTP_AEAD_AES_128_GCM"


async def test_every_transport_has_a_certificate_of_its_own() -> None:
    one, other = DtlsServer(lambda _: None), DtlsServer(lambda _: None)
    assert one.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 95
    for server in (one, other):
        await server.close()
        await server.close()


async def test_a_certificate_that_the_offer_did_not_name_is_refused(
    relay: InProcessControl, node: Node, desk: Desk
) -> None:
    mallory = WirePeer("ana")
    stranger = RTCCertificate.generateCertificate().getFingerprints()[0].value
    async with Listener(relay, "ana") as heard:
        await mallory.open(relay, desk, fingerprint=stranger)
        await mallory.check()
        await mallory.handshake()
        await heard.until(TransportClosed("handshake"))
        assert TransportConnected() not in heard.events
    assert node.connections == set()
    mallory.close()


async def test_dtls_from_an_unproven_path_is_not_read(relay: InProcessControl, desk: Desk) -> None:
    peer = WirePeer("ana")
    await peer.open(relay, desk)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await peer.handshake()
    await peer.check()
    await peer.handshake()
    peer.close()


async def test_noise_in_the_handshake_does_not_stop_it(
    relay: InProcessControl, node: Node, desk: Desk
) -> None:
    peer = WirePeer("ana")
    async with Listener(relay, "ana") as heard:
        await peer.open(relay, desk)
        await peer.check()
        for length in (1, 12, 13, 40, 1400):
            peer.send(bytes([22]) + noise(length))
        await peer.handshake()
        await heard.until(TransportConnected())
    peer.close()
