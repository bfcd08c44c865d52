"""A relay on 127.0.0.1 and the desk that signs for it."""

from collections.abc import AsyncIterator

import aioice.ice
import pytest

from media_relay.control import InProcessControl
from media_relay.engines import CACHE, EngineChoice, load_engine
from media_relay.node import Node
from tests.media_relay.desk import Desk

# Compiled when the tests are collected: no single test has the time.
load_engine(EngineChoice.FAST, CACHE)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def node(desk: Desk) -> AsyncIterator[Node]:
    node = desk.node()
    await node.start()
    yield node
    await node.close()


@pytest.fixture
def relay(node: Node) -> InProcessControl:
    return InProcessControl(node)


@pytest.fixture(autouse=True)
def aiortc_uses_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiortc, as test peer, leaves loopback out; a machine may have nothing else."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1", "::1"])
