"""Where a node listens, and what it tells browsers."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from media_relay.engines import CACHE, EngineChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfig:
    """`bind` holds one address per socket: a wildcard answers from the wrong source. The
    advertised addresses and port may differ from the bound ones (containers). Port 0: any.
    `cache` is where the fast engine keeps its compiled code.
    """

    verify_key: Ed25519PublicKey
    bind: tuple[str, ...] = ("127.0.0.1",)
    advertise: tuple[str, ...] = ()
    port: int = 0
    advertised_port: int | None = None
    engine: EngineChoice = EngineChoice.REFERENCE
    cache: str = CACHE
