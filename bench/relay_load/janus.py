"""Janus' videoroom under the same load, over its WebSocket API.

A member has two connections there: one that publishes, one that subscribes to all others.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_socket
from websockets.typing import Subprotocol

from bench.relay_load.cache import CannotMeasure, compiled
from bench.relay_load.janus_install import JANUS
from bench.relay_load.line import PASSWORD, UFRAG, Identity, Remote, connect, open_socket
from bench.relay_load.native import AUDIO, VIDEO, Extensions, Load
from bench.relay_load.server import AUDIO_TYPE, RTX_TYPE, VIDEO_TYPE, Shape, end
from config.development.servers import die_with_parent, free_port
from media_relay.sdp.offer import MID, TRANSPORT_CC

UNMASK = Path(__file__).parent / "loopback"
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/janus")
TRANSPORT_CC_ID, MID_ID = 3, 4
START_SECONDS = 20.0
CALL_SECONDS = 20.0
GENERAL = """\
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{libraries}/plugins"
  transports_folder = "{libraries}/transports"
  debug_level = 2
  session_timeout = 0
  {event_loops}
}}
nat: {{ ice_enforce_list = "lo" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
TRANSPORT = """\
general: {{ ws = true, ws_port = {port}, ws_ip = "127.0.0.1", ws_logging = 0 }}
admin: {{ admin_ws = false }}
"""


class Janus:
    """Stock as Debian ships it; tuned with event loops of its own and another libsrtp."""

    def __init__(self, folder: Path, *, event_loops: int = 0, libsrtp: Path | None = None) -> None:
        self.name = "janus tuned" if event_loops or libsrtp else "janus"
        self._folder = folder / f"janus-{uuid4().hex}"
        self._event_loops = event_loops
        self._libsrtp = libsrtp
        self._process: subprocess.Popen[str] | None = None
        self._identity = Identity()

    async def start(self) -> None:
        port = free_port()
        self._configure(port)
        self._process = self._spawn()
        self._api = await _Api.open(f"ws://127.0.0.1:{port}")

    async def join(self, load: Load, shape: Shape, *, first_room: int = 0) -> None:
        for room in range(first_room, first_room + shape.rooms):
            number = await self._make_room(shape.members)
            members = range(shape.members)
            publishing = (self._publish(load, room, number, member) for member in members)
            feeds = await asyncio.gather(*publishing)
            subscribing = (
                self._subscribe(
                    load, room, number, member, [f for f in feeds if f != feeds[member]]
                )
                for member in members
            )
            await asyncio.gather(*subscribing)

    async def renew(self) -> None:
        await self._api.call("keepalive")

    @property
    def pids(self) -> list[int]:
        return [self._process.pid] if self._process else []

    async def stop(self) -> None:
        if self._process is not None:
            await self._api.close()
            await asyncio.to_thread(end, self._process)
            self._process = None

    def _configure(self, port: int) -> None:
        self._folder.mkdir(parents=True)
        loops = f"event_loops = {self._event_loops}" if self._event_loops else ""
        general = GENERAL.format(
            folder=self._folder,
            libraries=LIBRARIES,
            event_loops=loops,
            plugins=_all_but("plugins", "videoroom"),
            transports=_all_but("transports", "websockets"),
        )
        (self._folder / "janus.jcfg").write_text(general)
        (self._folder / "janus.transport.websockets.jcfg").write_text(TRANSPORT.format(port=port))

    def _spawn(self) -> "subprocess.Popen[str]":
        environment = os.environ | {"LD_PRELOAD": str(compiled("unmask.so", UNMASK, "-ldl"))}
        if self._libsrtp is not None:
            environment["LD_LIBRARY_PATH"] = str(self._libsrtp)
        log = (self._folder / "log").open("w")
        command = [JANUS, "-F", str(self._folder), "-C", str(self._folder / "janus.jcfg")]
        with log:
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                preexec_fn=partial(die_with_parent, signal.SIGTERM),  # noqa: PLW1509  # one call
            )

    async def _make_room(self, members: int) -> int:
        handle = await self._api.attach()
        made = await self._api.call(
            "message",
            handle,
            body={
                "request": "create",
                "publishers": members,
                "videocodec": "vp8",
                "audiocodec": "opus",
                "record": False,
                "notify_joining": False,
            },
        )
        return int(made["plugindata"]["data"]["room"])

    async def _publish(self, load: Load, room: int, number: int, member: int) -> int:
        handle = await self._api.attach()
        joined = await self._api.ask(
            handle, {"request": "join", "ptype": "publisher", "room": number}
        )
        bound = open_socket()
        offer = _offer(self._identity.fingerprint, _candidate(bound))
        answered = await self._api.ask(
            handle, {"request": "configure", "audio": True, "video": True}, ("offer", offer)
        )
        line = await self._connect(load, bound, answered["jsep"]["sdp"], room, member)
        for kind, mid, payload_type in ((VIDEO, b"1", VIDEO_TYPE), (AUDIO, b"0", AUDIO_TYPE)):
            known = Extensions(TRANSPORT_CC_ID, MID_ID, 0, mid, b"")
            ssrc = 100_000 + 10 * line + kind
            load.publish(line, kind, ssrc=ssrc, payload_type=payload_type, extensions=known)
        return int(joined["plugindata"]["data"]["id"])

    async def _subscribe(
        self, load: Load, room: int, number: int, member: int, feeds: list[int]
    ) -> None:
        handle = await self._api.attach()
        streams = [{"feed": feed} for feed in feeds]
        offered = await self._api.ask(
            handle, {"request": "join", "ptype": "subscriber", "room": number, "streams": streams}
        )
        offer = offered["jsep"]["sdp"]
        bound = open_socket()
        answer = _answer(offer, self._identity.fingerprint, _candidate(bound))
        await self._api.ask(handle, {"request": "start"}, ("answer", answer))
        line = await self._connect(load, bound, offer, room, member)
        load.watch(line)

    async def _connect(
        self, load: Load, bound: socket.socket, sdp: str, room: int, member: int
    ) -> int:
        line = await asyncio.to_thread(connect, bound, Remote.of(sdp), self._identity)
        return load.add(line, room, member)


class _Api:
    """One session; replies are found by transaction, plugin answers come as events."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._session: dict[str, int] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str) -> "_Api":
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while True:
            try:
                socket = await connect_socket(
                    url, subprotocols=[Subprotocol("janus-protocol")], max_size=None
                )
            except OSError:
                if asyncio.get_running_loop().time() > deadline:
                    raise CannotMeasure("Janus did not start.") from None
                await asyncio.sleep(0.1)
            else:
                break
        api = cls(socket)
        made = await api.call("create")
        api._session = {"session_id": made["data"]["id"]}
        return api

    async def attach(self) -> int:
        made = await self.call("attach", plugin="janus.plugin.videoroom")
        return int(made["data"]["id"])

    async def ask(
        self, handle: int, body: dict[str, Any], sdp: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """A message to the videoroom, and its answer."""
        more = {"jsep": {"type": sdp[0], "sdp": sdp[1], "trickle": False}} if sdp else {}
        return await self.call("message", handle, body=body, **more)

    async def call(self, what: str, handle: int | None = None, **more: Any) -> dict[str, Any]:
        transaction = str(next(self._numbers))
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = waiting
        message = {"janus": what, "transaction": transaction, **self._session, **more}
        if handle is not None:
            message["handle_id"] = handle
        await self._socket.send(json.dumps(message))
        reply: dict[str, Any] = await asyncio.wait_for(waiting, CALL_SECONDS)
        said = reply.get("plugindata", {}).get("data", {}).get("error") or reply.get("error")
        if said:
            raise CannotMeasure(f"Janus refused {what}: {said}")
        return reply

    async def close(self) -> None:
        self._reader.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            waiting = self._waiting.get(message.get("transaction", ""))
            is_final = message["janus"] != "ack" or "keepalive" in text
            if waiting is not None and is_final and not waiting.done():
                waiting.set_result(message)


def _all_but(kind: str, kept: str) -> str:
    files = (LIBRARIES / kind).glob("libjanus_*.so")
    return ",".join(sorted(each.name for each in files if each.stem != f"libjanus_{kept}"))


def _candidate(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"a=candidate:1 1 udp 2130706431 {host} {port} typ host"


def _offer(fingerprint: str, candidate: str) -> str:
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    lines += _section("audio", str(AUDIO_TYPE), fingerprint, candidate)
    lines += ["a=mid:0", "a=sendonly", f"a=rtpmap:{AUDIO_TYPE} opus/48000/2"]
    lines += _section("video", f"{VIDEO_TYPE} {RTX_TYPE}", fingerprint, candidate)
    lines += ["a=mid:1", "a=sendonly", f"a=rtpmap:{VIDEO_TYPE} VP8/90000"]
    lines += [f"a=rtpmap:{RTX_TYPE} rtx/90000", f"a=fmtp:{RTX_TYPE} apt={VIDEO_TYPE}"]
    lines += [f"a=rtcp-fb:{VIDEO_TYPE} {what}" for what in ("nack", "nack pli", "transport-cc")]
    return "\r\n".join(lines) + "\r\n"


def _section(kind: str, types: str, fingerprint: str, candidate: str) -> Iterator[str]:
    yield from (f"m={kind} 9 UDP/TLS/RTP/SAVPF {types}", *_transport(fingerprint, candidate))
    yield f"a=extmap:{TRANSPORT_CC_ID} {TRANSPORT_CC}"
    yield f"a=extmap:{MID_ID} {MID}"


def _transport(fingerprint: str, candidate: str) -> Iterator[str]:
    """We begin DTLS, so that the server's order of SRTP profiles decides."""
    yield "c=IN IP4 127.0.0.1"
    yield from (f"a=ice-ufrag:{UFRAG}", f"a=ice-pwd:{PASSWORD}", candidate, "a=rtcp-mux")
    yield from (f"a=fingerprint:sha-256 {fingerprint}", "a=setup:active")


def _answer(offer: str, fingerprint: str, candidate: str) -> str:
    """Every line of the offer taken as it is."""
    session, *sections = offer.replace("\r\n", "\n").split("\nm=")
    group = [line for line in session.split("\n") if line.startswith("a=group:")]
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", *group]
    for section in sections:
        head, *attributes = section.strip().split("\n")
        kept = ("a=mid:", "a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:")
        lines += [f"m={head}", *_transport(fingerprint, candidate), "a=recvonly"]
        lines += [line for line in attributes if line.startswith(kept)]
    return "\r\n".join(lines) + "\r\n"
