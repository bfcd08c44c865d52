"""Our relay under load: the product's own process, `manage.py relay`, under Redis control."""

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.relay_load.interpreter import relay_python
from bench.relay_load.line import PASSWORD, UFRAG, Identity, Remote, connect, open_socket
from bench.relay_load.native import AUDIO, VIDEO, Extensions, Load
from bench.relay_load.server import AUDIO_TYPE, RTX_TYPE, VIDEO_TYPE, Shape, end
from config.development.processes import RELAY
from config.development.servers import RedisServer, die_with_parent, free_port, home_for
from media_relay.control import RelayRefused
from media_relay.layout import LINES, SENDING, LineSpec
from media_relay.redis_control import RedisControl
from media_relay.sdp.offer import MID, REPAIRED_RID, RID, TRANSPORT_CC
from media_relay.tickets import SeatTicket, Source, TransportTicket, sign, verify_key_text

TRANSPORT_CC_ID, MID_ID, RID_ID, REPAIRED_RID_ID = 3, 4, 10, 11
# Longer than the relays' heartbeat: the next room is placed by the load that this one made.
PLACING_SECONDS = 0.6
# The fast engine compiles itself at its first start on a machine.
START_SECONDS = 240


class Quietroom:
    """`processes` relays of one engine on one machine; sessions are placed by load."""

    def __init__(
        self,
        folder: Path,
        engine: str,
        processes: int = 1,
        key: Ed25519PrivateKey | None = None,
    ) -> None:
        self.name = engine if processes == 1 else f"{engine} x{processes}"
        self._engine = engine
        self._count = processes
        self._redis = RedisServer(home_for(folder / "redis"))
        self._key = key or Ed25519PrivateKey.generate()
        self._processes: list[subprocess.Popen[str]] = []
        self._seats: list[SeatTicket] = []
        self._identity = Identity()

    async def start(self) -> None:
        self._redis.start()
        self.control = RedisControl(self._redis.url)
        base = free_port()
        for index in range(self._count):
            self._processes.append(self._spawn(base, index))
        for process in self._processes:
            await asyncio.wait_for(asyncio.to_thread(_until_ready, process), START_SECONDS)

    async def join(self, load: Load, shape: Shape, *, first_room: int = 0) -> None:
        for room in range(first_room, first_room + shape.rooms):
            session = f"session-{uuid4().hex}"
            joining = (self._join(load, session, room, member) for member in range(shape.members))
            await asyncio.gather(*joining)
            if self._count > 1:
                await asyncio.sleep(PLACING_SECONDS)

    async def renew(self) -> None:
        for seat in self._seats:
            # A starved relay may have let a member go: that is counted as loss.
            with suppress(RelayRefused):
                await self.control.move(sign(_again(seat), self._key))

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    async def stop(self) -> None:
        if self._processes:
            await self.control.close()
        for process in self._processes:
            await asyncio.to_thread(end, process)
        self._processes.clear()
        self._redis.stop()

    def _spawn(self, port: int, index: int) -> "subprocess.Popen[str]":
        given = {
            "MODE": "development",
            "TICKET_VERIFY_KEY": verify_key_text(self._key),
            "REDIS_URL": self._redis.url,
            "RELAY_BIND": "127.0.0.1",
            "RELAY_ADDRESS": "127.0.0.1",
            "RELAY_PORT": str(port),
            "RELAY_ENGINE": self._engine,
        }
        local = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        python = relay_python()
        return subprocess.Popen(
            [python.executable, *RELAY.command_for()[1:], "--index", str(index)],
            env=local | python.environment | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=partial(die_with_parent, signal.SIGTERM),  # noqa: PLW1509  # one call
        )

    async def _join(self, load: Load, session: str, room: int, member: int) -> None:
        connection = uuid4().hex
        ticket = TransportTicket(
            jti=uuid4().hex,
            person=connection,
            session=session,
            connection=connection,
            expires_at=time.time() + 30,
        )
        bound = open_socket()
        text = offer(self._identity.fingerprint)
        answer = await self.control.open_transport(sign(ticket, self._key), text)
        line = await asyncio.to_thread(connect, bound, Remote.of(answer), self._identity)
        number = load.add(line, room, member)
        _publish(load, number)
        load.watch(number, transport_cc=watched_transport_cc(answer))
        await self._seat(connection, session, member)

    async def _seat(self, connection: str, session: str, member: int) -> None:
        seat = SeatTicket(
            jti=uuid4().hex,
            person=connection,
            session=session,
            room=f"room-of-{session}",
            admission=f"admission-{connection}",
            connection=connection,
            seat=member + 1,
            may_send=frozenset({Source.MIC, Source.CAMERA}),
            may_receive_video=True,
            expires_at=time.time() + 60,
        )
        self._seats.append(seat)
        await self.control.seat(sign(seat, self._key))


def offer(fingerprint: str) -> str:
    """The call's 34 lines as Chromium offers them, without what the relay does not read."""
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append("a=group:BUNDLE " + " ".join(spec.mid for spec in LINES))
    for spec in LINES:
        lines += _media(spec)
        lines += [f"a=ice-ufrag:{UFRAG}", f"a=ice-pwd:{PASSWORD}"]
        lines += [f"a=fingerprint:sha-256 {fingerprint}", "a=setup:actpass"]
    return "\r\n".join(lines) + "\r\n"


def watched_transport_cc(answer: str) -> int:
    """The extension that numbers what the relay sends, or 0 if the answer has none."""
    section = answer.split("\r\nm=")[1 + len(SENDING)]
    marks = (line for line in section.splitlines() if line.endswith(TRANSPORT_CC))
    return next((int(mark.removeprefix("a=extmap:").split()[0].split("/")[0]) for mark in marks), 0)


def _media(spec: LineSpec) -> list[str]:
    is_audio = spec.kind == "audio"
    types = str(AUDIO_TYPE) if is_audio else f"{VIDEO_TYPE} {RTX_TYPE}"
    lines = [
        f"m={spec.kind} 9 UDP/TLS/RTP/SAVPF {types}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{spec.mid}",
        "a=sendonly" if spec.sends else "a=recvonly",
        *("a=rtcp-mux", "a=rtcp-rsize"),
        f"a=extmap:{TRANSPORT_CC_ID} {TRANSPORT_CC}",
        f"a=extmap:{MID_ID} {MID}",
    ]
    if is_audio:
        lines += [f"a=rtpmap:{AUDIO_TYPE} opus/48000/2", f"a=rtcp-fb:{AUDIO_TYPE} transport-cc"]
        lines += [f"a=rtcp-fb:{AUDIO_TYPE} nack"]
    else:
        lines += [f"a=rtpmap:{VIDEO_TYPE} VP8/90000", f"a=rtpmap:{RTX_TYPE} rtx/90000"]
        lines += [f"a=fmtp:{RTX_TYPE} apt={VIDEO_TYPE}"]
        lines += [f"a=rtcp-fb:{VIDEO_TYPE} {what}" for what in ("nack", "nack pli", "transport-cc")]
        lines += [f"a=extmap:{RID_ID} {RID}", f"a=extmap:{REPAIRED_RID_ID} {REPAIRED_RID}"]
    if spec.mid == "1":
        lines += [f"a=rid:{rid} send" for rid in "hml"] + ["a=simulcast:send h;~m;~l"]
    return lines


def _publish(load: Load, line: int) -> None:
    for kind, mid, rid, payload_type in (
        (VIDEO, b"1", b"h", VIDEO_TYPE),
        (AUDIO, b"0", b"", AUDIO_TYPE),
    ):
        known = Extensions(TRANSPORT_CC_ID, MID_ID, RID_ID if rid else 0, mid, rid)
        ssrc = 100_000 + 10 * line + kind
        load.publish(line, kind, ssrc=ssrc, payload_type=payload_type, extensions=known)


def _again(seat: SeatTicket) -> SeatTicket:
    return replace(seat, jti=uuid4().hex, expires_at=time.time() + 60)


def _until_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if "is ready" in line:
            return
    raise RuntimeError("the relay ended at its start")
