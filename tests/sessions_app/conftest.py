from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from media_relay.node import Node


@pytest.fixture
async def relay_node() -> AsyncIterator["Node"]:
    """A real relay in this process, on a free port."""
    from django.conf import settings

    from media_relay.config import NodeConfig
    from media_relay.control import InProcessControl
    from media_relay.node import Node
    from media_relay.tickets import signing_key
    from sessions_app import relay

    node = Node(NodeConfig(verify_key=signing_key(settings.TICKET_SIGNING_KEY).public_key()))
    await node.start()
    relay.attach(InProcessControl(node))
    yield node
    relay.detach()
    await node.close()
