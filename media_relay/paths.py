"""Which transport a path leads to: connectivity checks and handshakes, sorted to their owners."""

from media_relay.engine import Engine, Path
from media_relay.ice import IceAgent, IceServer
from media_relay.transport import Transport


class Paths:
    """Hears what is neither media nor RTCP, and tells the engine whose the proven paths are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ice = IceServer()
        self._transports: dict[IceAgent, Transport] = {}

    def open(self, peer_ufrag: str, now: float) -> IceAgent:
        """Credentials for a transport that is about to be made."""
        return self._ice.open(peer_ufrag, now)

    def lead_to(self, transport: Transport) -> None:
        """Paths proven with its agent's credentials are this transport's."""
        self._transports[transport.agent] = transport

    def restart(self, transport: Transport, peer_ufrag: str) -> None:
        """New credentials on both sides; media keeps its path until another is nominated."""
        self._ice.restart(transport.agent, peer_ufrag)

    def close(self, transport: Transport) -> None:
        """Forget the transport's paths. Idempotent."""
        self._transports.pop(transport.agent, None)
        for path in self._ice.close(transport.agent):
            self._engine.unbind(path)

    def hear(self, path: Path, data: bytes, now: float) -> None:
        """RFC 7983: STUN or DTLS by the first byte; anything else is dropped."""
        if data[0] <= 3:
            self._check(path, data, now)
        elif 20 <= data[0] <= 63:
            agent = self._ice.agent_at(path)
            if agent is not None:
                self._transports[agent].receive_dtls(data, str(path.address[0]), now)

    def _check(self, path: Path, data: bytes, now: float) -> None:
        check = self._ice.check(path, data, now)
        if check is None:
            return
        self._engine.send_raw(path, check.reply)
        transport = self._transports[check.agent]
        if check.dropped is not None:
            self._engine.unbind(check.dropped)
        if check.is_new_path:
            self._engine.bind(transport.peer, path)
        if check.moved:
            self._engine.send_over(transport.peer, path)
