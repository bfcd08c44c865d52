"""Which engine a node runs: the fast one where it can be, else the reference."""

import logging
import os
import socket as sockets
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum

from media_relay.engine import Engine
from media_relay.engine_reference import ReferenceEngine
from media_relay.errors import EngineUnavailable

log = logging.getLogger(__name__)

# Compiled code is kept here unless the settings say otherwise.
CACHE = "~/.cache/quietroom/relay"

MakeEngine = Callable[[Sequence[sockets.socket]], Engine]


class EngineChoice(StrEnum):
    """`AUTO` is fast if that can be had; `FAST` refuses to start without it."""

    AUTO = "auto"
    FAST = "fast"
    REFERENCE = "reference"


def load_engine(choice: EngineChoice, cache: str) -> MakeEngine:
    """Blocks, for half a minute when the engine is compiled for the first time."""
    if choice is EngineChoice.REFERENCE:
        log.info("relay engine: reference")
        return ReferenceEngine
    try:
        make = _load_fast(cache)
    except EngineUnavailable as error:
        if choice is EngineChoice.FAST:
            raise
        log.info("relay engine: reference", extra={"reason": error.code})
        return ReferenceEngine
    log.info("relay engine: fast")
    return make


def _load_fast(cache: str) -> MakeEngine:
    # Its arrays are the kernel's structures as 64-bit Linux lays them out.
    if sys.platform != "linux" or sys.maxsize < 1 << 32 or sys.byteorder != "little":
        raise EngineUnavailable("engine.platform")
    # One thread: numpy's linear algebra, never used here, would start one for each core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from media_relay.engine_fast.compiled import keep_in

        keep_in(cache)
        from media_relay.engine_fast.engine import FastEngine
        from media_relay.engine_fast.warm import compile_everything
    except ImportError:
        raise EngineUnavailable("engine.not_installed") from None
    except OSError:
        # No directory that is ours alone, or no OpenSSL 3.
        raise EngineUnavailable("engine.no_cache_or_openssl") from None
    compile_everything()
    return FastEngine
