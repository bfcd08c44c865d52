"""ICE-lite (RFC 8445, 7675): the ufrag picks the transport, checks prove paths.

Everything is answered on the socket it came in on. Nothing unproven is ever answered: without
a right MESSAGE-INTEGRITY there is no reply, so the relay reflects nothing.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from media_relay.engine import Path
from media_relay.errors import Malformed
from media_relay.limits import AddressLimit
from media_relay.stun import is_authentic, parse_request, success

CONSENT_SECONDS = 20.0
MAX_PATHS = 8
# A browser checks each pair every 50 ms while it connects, several browsers may share an
# address, and each has a few interfaces.
UNPROVEN_PER_SECOND = 200.0
UNPROVEN_BURST = 600.0


@dataclass(slots=True, eq=False)
class IceAgent:
    """The relay's end of one transport."""

    peer_ufrag: str
    opened_at: float
    ufrag: str = field(init=False)
    password: str = field(init=False, repr=False)
    selected: Path | None = None
    paths: OrderedDict[Path, None] = field(default_factory=OrderedDict)
    heard_at: float | None = None

    def __post_init__(self) -> None:
        self.renew(self.peer_ufrag)

    def renew(self, peer_ufrag: str) -> None:
        """Credentials that nobody has seen yet."""
        self.peer_ufrag = peer_ufrag
        self.ufrag = secrets.token_hex(8)
        self.password = secrets.token_hex(16)

    def has_consent(self, now: float) -> bool:
        """False once the peer has proven itself on no path for 20 s."""
        return now - (self.heard_at or self.opened_at) < CONSENT_SECONDS


@dataclass(frozen=True, slots=True)
class Check:
    """A proven check: what to reply, and what it changed."""

    agent: IceAgent
    reply: bytes
    is_new_path: bool
    moved: bool
    dropped: Path | None


class IceServer:
    """All agents of a node, by ufrag and by proven path."""

    def __init__(self) -> None:
        self._agents: dict[str, IceAgent] = {}
        self._by_path: dict[Path, IceAgent] = {}
        self._limit = AddressLimit(per_second=UNPROVEN_PER_SECOND, burst=UNPROVEN_BURST)

    def open(self, peer_ufrag: str, now: float) -> IceAgent:
        """A new agent with fresh credentials."""
        agent = IceAgent(peer_ufrag, now)
        self._agents[agent.ufrag] = agent
        return agent

    def restart(self, agent: IceAgent, peer_ufrag: str) -> None:
        """New credentials on both sides (RFC 8445, section 9); proven paths stay proven.

        The same name again is the same offer again: nothing changes.
        """
        if peer_ufrag == agent.peer_ufrag:
            return
        del self._agents[agent.ufrag]
        agent.renew(peer_ufrag)
        self._agents[agent.ufrag] = agent

    def close(self, agent: IceAgent) -> Iterator[Path]:
        """Forget the agent; yields the paths that were its own. Idempotent."""
        self._agents.pop(agent.ufrag, None)
        for path in list(agent.paths):
            del agent.paths[path]
            self._by_path.pop(path, None)
            yield path

    def agent_at(self, path: Path) -> IceAgent | None:
        """Whose proven path this is."""
        return self._by_path.get(path)

    def check(self, path: Path, data: bytes, now: float) -> Check | None:
        """A check that proves the path, else None (and no reply)."""
        if path not in self._by_path and not self._limit.allows(str(path.address[0]), now):
            return None
        try:
            request = parse_request(data)
        except Malformed:
            return None
        agent = self._agents.get(request.ufrag)
        if agent is None or request.peer_ufrag != agent.peer_ufrag:
            return None
        if not is_authentic(request, agent.password):
            return None
        owner = self._by_path.get(path)
        if owner is not None and owner is not agent:
            # Whoever can forge a source address must not take over another seat's path.
            return None
        agent.heard_at = now
        is_new = owner is None
        dropped = self._add_path(agent, path) if is_new else None
        moved = agent.selected != path and (request.nominates or agent.selected is None)
        if moved:
            agent.selected = path
        reply = success(request, path.address, agent.password)
        return Check(agent, reply, is_new, moved, dropped)

    def _add_path(self, agent: IceAgent, path: Path) -> Path | None:
        agent.paths[path] = None
        self._by_path[path] = agent
        if len(agent.paths) <= MAX_PATHS:
            return None
        oldest = next(known for known in agent.paths if known not in (agent.selected, path))
        del agent.paths[oldest]
        del self._by_path[oldest]
        return oldest
