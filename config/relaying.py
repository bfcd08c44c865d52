"""The relay node of a process, as the settings describe it."""

from django.conf import settings

from config.keys import ticket_verify_key
from media_relay.config import NodeConfig
from media_relay.engines import EngineChoice


def node_config(index: int = 0, *, gathers: bool = False) -> NodeConfig:
    """`index` numbers the relay processes of one machine: each has the next UDP port.

    `gathers` is for a process that does nothing else.
    """
    return NodeConfig(
        verify_key=ticket_verify_key(),
        bind=tuple(settings.RELAY_BIND),
        advertise=tuple(settings.RELAY_ADDRESS),
        port=settings.RELAY_PORT + index,
        engine=EngineChoice(settings.RELAY_ENGINE),
        cache=settings.RELAY_CACHE,
        gathers=gathers,
    )
