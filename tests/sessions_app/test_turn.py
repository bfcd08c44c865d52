"""Real coturn, with the configuration and the credentials that production has."""

import asyncio
import datetime
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from aioice import stun
from aioice.turn import create_turn_endpoint
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django.fixtures import Settings

from config.make_keys import TURNSERVER_CONF
from media_relay.control import InProcessControl
from sessions_app.ice import ice_servers
from tests.media_relay.browser import SCRIPT, chromium
from tests.media_relay.desk import Desk
from tests.media_relay.wire_peer import WirePeer

SECRET = "a secret of this test"
pytestmark = pytest.mark.timeout(90)


@dataclass(frozen=True, slots=True)
class Coturn:
    port: int
    tls_port: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture
async def coturn(tmp_path: Path) -> AsyncIterator[Coturn]:
    """As docker-compose.yml starts it, on this machine; the relay is 127.0.0.1."""
    server = Coturn(free_port(), free_port())
    write_certificate(tmp_path)
    here = [
        f"listening-port={server.port}",
        f"tls-listening-port={server.tls_port}",
        "listening-ip=127.0.0.1",
        "relay-ip=127.0.0.1",
        f"cert={tmp_path}/cert.pem",
        f"pkey={tmp_path}/key.pem",
        "allow-loopback-peers",
    ]
    conf = TURNSERVER_CONF.format(secret=SECRET).replace("=/tmp/", f"={tmp_path}/")
    (tmp_path / "turnserver.conf").write_text(conf + "\n".join(here) + "\n")
    process = await asyncio.create_subprocess_exec(
        "turnserver",
        *("-c", str(tmp_path / "turnserver.conf"), "--allowed-peer-ip=127.0.0.1"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    for port in (server.port, server.tls_port):
        await answers(port)
    yield server
    process.terminate()
    await process.wait()


@pytest.fixture
async def turn_relay() -> AsyncIterator[tuple[InProcessControl, Desk]]:
    desk = Desk()
    node = desk.node()
    await node.start()
    yield InProcessControl(node), desk
    await node.close()


async def answers(port: int) -> None:
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("coturn did not start")


class Heard(asyncio.DatagramProtocol):
    """What came back through TURN."""

    def __init__(self) -> None:
        self.data: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.data.put_nowait(data)


def use(settings: Settings, *urls: str) -> tuple[str, str]:
    settings.TURN_URL, settings.TURN_SECRET = list(urls), SECRET
    (server,) = ice_servers()
    return server.username, server.credential


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
async def test_the_relay_is_reached_through_turn(
    coturn: Coturn,
    settings: Settings,
    way: str,
    turn_relay: tuple[InProcessControl, Desk],
) -> None:
    user, password = use(settings, "turn:ignored")
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    transport, heard = await create_turn_endpoint(
        Heard,
        ("127.0.0.1", coturn.tls_port if way == "tls" else coturn.port),
        user,
        password,
        ssl=trusting if way == "tls" else None,
        transport="udp" if way == "udp" else "tcp",
    )
    peer = WirePeer("ana")
    await peer.open(*turn_relay)
    transport.sendto(peer.request(), peer.relay)
    async with asyncio.timeout(10):
        reply = stun.parse_message(await heard.data.get())
    assert reply.message_class is stun.Class.RESPONSE
    peer.close()
    transport.close()


async def test_nobody_but_the_relay_is_reached_through_turn(
    coturn: Coturn, settings: Settings
) -> None:
    user, password = use(settings, "turn:ignored")
    transport, _ = await create_turn_endpoint(
        Heard, ("127.0.0.1", coturn.port), user, password, transport="udp"
    )
    loop = asyncio.get_running_loop()
    reached: dict[str, Heard] = {}
    for host in ("127.0.0.2", "127.0.0.1"):
        listening, reached[host] = await loop.create_datagram_endpoint(Heard, local_addr=(host, 0))
        transport.sendto(b"hello", listening.get_extra_info("sockname")[:2])
    async with asyncio.timeout(10):
        assert await reached["127.0.0.1"].data.get() == b"hello"
    assert reached["127.0.0.2"].data.empty()
    transport.close()


async def test_yesterdays_credential_opens_nothing(
    coturn: Coturn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_app.ice.CREDENTIAL_SECONDS", -10)
    user, password = use(settings, "turn:ignored")
    with pytest.raises(stun.TransactionFailed):
        await create_turn_endpoint(
            Heard, ("127.0.0.1", coturn.port), user, password, transport="udp"
        )


def test_tls_is_offered_over_tcp_alone(settings: Settings) -> None:
    use(settings, "turn:a:3478", "turns:a:5349")
    (server,) = ice_servers()
    assert server.urls == [
        "turn:a:3478?transport=udp",
        "turn:a:3478?transport=tcp",
        "turns:a:5349?transport=tcp",
    ]


@pytest.mark.parametrize("way", ["udp", "tcp"])
async def test_chromium_that_may_only_relay_connects(
    coturn: Coturn,
    settings: Settings,
    way: str,
    turn_relay: tuple[InProcessControl, Desk],
) -> None:
    use(settings, f"turn:127.0.0.1:{coturn.port}")
    (server,) = ice_servers()
    only = {**asdict(server), "urls": [url for url in server.urls if url.endswith(way)]}
    relay, desk = turn_relay
    async with chromium() as browser:
        page = await browser.new_page()
        await page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        await page.goto("http://localhost/")
        await page.add_script_tag(content=SCRIPT)
        offer = await page.evaluate("server => offer({ iceServers: [server] })", only)
        answer = await relay.open_transport(desk.transport("ana"), offer)
        await page.evaluate("sdp => accept(sdp)", answer)
        await page.wait_for_function("pc.connectionState === 'connected'", timeout=40_000)
