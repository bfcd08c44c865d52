"""One peer's way to a server: ICE as the controlling side, DTLS as client, SRTP session keys."""

import contextlib
import datetime
import socket
import time
from dataclasses import dataclass, field

from aioice import stun
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from bench.relay_load.native import Line

UFRAG, PASSWORD = "load", "l" * 24
CHECK_SECONDS = 0.2
HANDSHAKE_SECONDS = 15.0
KEY_BYTES, SALT_BYTES = 16, 12


@dataclass(frozen=True, slots=True)
class Remote:
    """What an SDP says of the server."""

    address: str
    port: int
    ufrag: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, sdp: str) -> "Remote":
        address, port = _value(sdp, "a=candidate:").split()[4:6]
        return cls(address, int(port), _value(sdp, "a=ice-ufrag:"), _value(sdp, "a=ice-pwd:"))

    def check(self) -> bytes:
        """A nominating connectivity check; sent again it renews consent."""
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self.ufrag}:{UFRAG}"
        message.attributes["PRIORITY"] = 1853824767
        message.attributes["ICE-CONTROLLING"] = 7
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self.password.encode())
        message.add_fingerprint()
        return bytes(message)


class Identity:
    """One certificate for all members of a load: making keys is not what is measured."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "load")])
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def open_socket(host: str = "127.0.0.1") -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    return made


def connect(bound: socket.socket, remote: Remote, identity: Identity) -> Line:
    """Blocks until the keys are there; TimeoutError when the server does not answer."""
    bound.connect((remote.address, remote.port))
    _prove(bound, remote)
    return Line(bound, _handshake(bound, identity), remote.check())


def _prove(bound: socket.socket, remote: Remote) -> None:
    bound.settimeout(CHECK_SECONDS)
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    while time.monotonic() < deadline:
        bound.send(remote.check())
        try:
            data = bound.recv(2000)
        except (TimeoutError, ConnectionRefusedError):
            continue
        if data[0] < 4 and not _answered(bound, data):
            return
    raise TimeoutError("no answer to connectivity checks")


def _answered(bound: socket.socket, data: bytes) -> bool:
    """True if this was the server's own check: not every server is a lite one."""
    asked = stun.parse_message(data)
    if asked.message_class is not stun.Class.REQUEST:
        return False
    reply = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, asked.transaction_id)
    reply.attributes["XOR-MAPPED-ADDRESS"] = bound.getpeername()
    reply.add_message_integrity(PASSWORD.encode())
    reply.add_fingerprint()
    bound.send(bytes(reply))
    return True


def _handshake(bound: socket.socket, identity: Identity) -> bytes:
    context = SSL.Context(SSL.DTLS_METHOD)
    context.use_certificate(identity.certificate)
    context.use_privatekey(identity.key)
    context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
    tls = SSL.Connection(context)
    tls.set_connect_state()
    flight: list[bytes] = []
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    while time.monotonic() < deadline:
        try:
            tls.do_handshake()
        except SSL.WantReadError:
            flight = _written(tls) or flight
            _exchange(bound, tls, flight)
        else:
            for record in _written(tls):
                bound.send(record)
            return _session_keys(tls)
    raise TimeoutError("no DTLS handshake")


def _exchange(bound: socket.socket, tls: SSL.Connection, flight: list[bytes]) -> None:
    """Says the flight, again after a silence: OpenSSL itself would wait for a second."""
    for record in flight:
        bound.send(record)
    try:
        data = bound.recv(2000)
        while data[0] < 4:
            _answered(bound, data)
            data = bound.recv(2000)
    except TimeoutError:
        return
    flight.clear()
    if 20 <= data[0] <= 63:
        tls.bio_write(data)


def _written(tls: SSL.Connection) -> list[bytes]:
    records = []
    with contextlib.suppress(SSL.WantReadError):
        while True:
            records.append(tls.bio_read(1500))
    return records


def _session_keys(tls: SSL.Connection) -> bytes:
    size = KEY_BYTES + SALT_BYTES
    material = tls.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * size)
    ours, theirs = material[:KEY_BYTES], material[KEY_BYTES : 2 * KEY_BYTES]
    our_salt, their_salt = material[2 * KEY_BYTES :][:SALT_BYTES], material[-SALT_BYTES:]
    return _derived(ours, our_salt) + _derived(theirs, their_salt)


def _derived(key: bytes, salt: bytes) -> bytes:
    """RTP key and salt, RTCP key and salt (RFC 3711, 4.3 with RFC 7714, 11)."""
    wanted = ((0, KEY_BYTES), (2, SALT_BYTES), (3, KEY_BYTES), (5, SALT_BYTES))
    return b"".join(_stream(key, salt, label, length) for label, length in wanted)


def _stream(key: bytes, salt: bytes, label: int, length: int) -> bytes:
    start = bytearray(salt + bytes(4))
    start[7] ^= label
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(start))).encryptor()
    return encryptor.update(bytes(length))


def _value(sdp: str, prefix: str) -> str:
    return next(line for line in sdp.splitlines() if line.startswith(prefix))[len(prefix) :]
