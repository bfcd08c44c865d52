"""A browser's side of the session socket, without the browser: it says and it hears."""

import asyncio
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.conf import settings

from media_relay.control import SlotsMapped
from media_relay.node import Node
from sessions_app.models import Admission
from sessions_app.routing import websocket
from tests.cast import Visit

# A machine three times slower than ours waits longer and is not wrong.
WITHIN = 15.0
Heard = dict[str, Any]


class Wire(WebsocketCommunicator):
    """The server's threads give their database connections back after each work, as in production.

    Channels' own keeps them open while a test waits, for tests that are rolled back: one that was
    cut meanwhile would be tried again for ever.
    """

    send_input: Any = ApplicationCommunicator.send_input
    receive_output: Any = ApplicationCommunicator.receive_output


class Socket:
    """`async with Socket(...)` opens it; `hear` skips what the test does not ask for."""

    def __init__(
        self, visit: Visit | None, session: UUID, *, origin: str | None = "http://testserver"
    ) -> None:
        headers = [(b"user-agent", b"test")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if visit is not None:
            cookie = f"{settings.SESSION_COOKIE_NAME}={visit.session.session_key}"
            headers.append((b"cookie", cookie.encode()))
        self.wire = Wire(websocket, f"/ws/session/{session}/", headers=headers)
        self.is_open = False
        self.last_n = 0
        self.snapshot: Heard = {}

    async def __aenter__(self) -> Self:
        assert await self.open(), "the handshake was refused"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> bool:
        self.is_open, _ = await self.wire.connect(timeout=WITHIN)
        return self.is_open

    async def close(self) -> None:
        if self.is_open:
            self.is_open = False
            await self.wire.disconnect(timeout=WITHIN)

    async def vanish(self) -> None:
        """The network is gone: the server notices, nobody says goodbye."""
        await self.close()

    async def say(self, kind: str, **fields: object) -> None:
        text = json.dumps({"type": kind, **{name: _plain(value) for name, value in fields.items()}})
        await self.say_text(text)

    async def say_text(self, text: str) -> None:
        await self.wire.send_to(text_data=text)

    async def types_until(self, kind: str) -> set[str]:
        """What kinds of messages came before the next of this kind."""
        found: set[str] = set()
        while True:
            heard: Heard = json.loads(await self.wire.receive_from(timeout=WITHIN))
            self.last_n = heard["n"]
            if heard["type"] == kind:
                return found
            found.add(heard["type"])

    async def hear(self, kind: str, where: Callable[[Heard], bool] = lambda heard: True) -> Heard:
        """The next message of this kind that fits; what comes before it is passed over."""
        async with asyncio.timeout(WITHIN):
            while True:
                heard: Heard = json.loads(await self.wire.receive_from(timeout=WITHIN))
                assert heard["n"] == self.last_n + 1
                self.last_n = heard["n"]
                self.note(heard)
                if heard["type"] == kind and where(heard):
                    return heard

    def note(self, heard: Heard) -> None:
        """Of what is passed over, the newest snapshot is kept."""
        if heard["type"] == "snapshot":
            self.snapshot = heard

    async def hello(self, mode: str = "video") -> Heard:
        """Up to the first snapshot."""
        await self.say("hello", mode=mode)
        await self.hear("welcome")
        return await self.hear("snapshot")

    async def sees(self, where: Callable[[Heard], bool]) -> Heard:
        """The newest snapshot, once it fits."""
        if self.snapshot and where(self.snapshot):
            return self.snapshot
        return await self.hear("snapshot", where)

    async def is_told(self, admission: str | None) -> Heard:
        """The snapshot in which the own admission is in this state."""
        return await self.sees(lambda heard: heard["own"]["admission"] == admission)

    async def close_code(self) -> int:
        async with asyncio.timeout(WITHIN):
            while True:
                output = await self.wire.receive_output(timeout=WITHIN)
                if output["type"] == "websocket.close":
                    self.is_open = False
                    return int(output.get("code", 1000))


def sits(node: Node, admission: Admission) -> bool:
    """Whether the relay itself has this connection in a room."""
    assert admission.connection is not None
    present = node.present(admission.connection.hex)
    return any(isinstance(event, SlotsMapped) for event in present)


async def until(holds: Callable[[], bool], within: float = WITHIN) -> None:
    """What the relay does tells nobody: it is looked at until it holds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
