"""The relay node of a process, as the settings describe it."""

import gc
import logging.config

from django.conf import settings

from config.keys import ticket_verify_key
from config.logging import configure_structlog
from config.refusals import refuse_unready
from media_relay.config import NodeConfig
from media_relay.engines import EngineChoice


def without_apps() -> None:
    """What the apps' registry would do for this process, and nothing of the apps themselves."""
    # Hardly anything that is imported from here on is garbage: to look for it takes a fifth of the
    # start. The relay turns this on again once it is ready.
    gc.disable()
    logging.config.dictConfig(settings.LOGGING)
    configure_structlog()
    refuse_unready(settings)


def node_config(index: int = 0) -> NodeConfig:
    """`index` numbers the relay processes of one machine: each has the next UDP port."""
    return NodeConfig(
        verify_key=ticket_verify_key(),
        bind=tuple(settings.RELAY_BIND),
        advertise=tuple(settings.RELAY_ADDRESS),
        port=settings.RELAY_PORT + index,
        engine=EngineChoice(settings.RELAY_ENGINE),
        cache=settings.RELAY_CACHE,
    )
