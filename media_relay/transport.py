"""A transport: one browser's way to the relay, from the offer to the last goodbye.

new → connected → closed. It knows no seat and no room: who may see what is `room`'s business.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from enum import Enum

from media_relay.clocks import SenderClock
from media_relay.demand import Demand
from media_relay.downlink import Downlink
from media_relay.dtls import DtlsServer
from media_relay.engine import Engine, SrtpKeys, StreamSpec
from media_relay.errors import HandshakeFailed, Malformed
from media_relay.health import LineQuality
from media_relay.ice import IceAgent
from media_relay.layout import CLOCK_RATES, RECEIVING
from media_relay.learning import learnt_stream, offered_streams
from media_relay.limits import AddressLimit
from media_relay.outbound import SlotSpec
from media_relay.rates import Rates
from media_relay.rtp import parse_rtp
from media_relay.sdp import Candidate, LocalParameters, Offer, write_answer
from media_relay.tickets import TransportTicket
from media_relay.twcc import FeedbackWriter

# A handshake takes about ten datagrams, a connection a few alerts.
DTLS_PER_SECOND = 20.0
DTLS_BURST = 100.0


# A repair is asked for again once the last request cannot be answered any more.
FIRST_ROUND_TRIP = 0.060
LONGEST_ROUND_TRIP = 0.500


class TransportState(Enum):
    NEW = "new"
    CONNECTED = "connected"
    CLOSED = "closed"


class Transport:
    """Owns its DTLS task; `close` is idempotent."""

    def __init__(
        self,
        *,
        peer: int,
        ticket: TransportTicket,
        offer: Offer,
        agent: IceAgent,
        engine: Engine,
        rates: Rates,
        demand: Demand,
    ) -> None:
        self.peer = peer
        self.connection = ticket.connection
        self.person = ticket.person
        self.session = ticket.session
        self.agent = agent
        self.state = TransportState.NEW
        self.clock = SenderClock()
        self.feedback = FeedbackWriter()
        tells = any(line.transport_cc for line in offer.lines if not line.spec.sends)
        self.downlink = Downlink(peer, engine, rates, demand, is_measured=tells)
        self._offer = offer
        self._engine = engine
        self._dtls = DtlsServer(self._send, engine.profiles)
        self._dtls_limit = AddressLimit(per_second=DTLS_PER_SECOND, burst=DTLS_BURST)
        self._task: asyncio.Task[None] | None = None
        # Random for every transport: no SSRC means the same in two of them.
        self._ssrc_base = 2 + secrets.randbelow((1 << 31) - 1024)
        self._ssrcs: set[int] = set()
        self._round_trip = FIRST_ROUND_TRIP
        self._loss = 0.0
        # A sender heeds congestion feedback only under an SSRC of its own.
        self.feedback_ssrc: int | None = None

    def is_restarted_by(self, offer: Offer) -> bool:
        """True for an ICE restart; a fresh connection of a browser has a certificate of its own."""
        is_same = offer.fingerprints == self._offer.fingerprints
        return self.state is TransportState.CONNECTED and is_same

    def answer(self, candidates: tuple[Candidate, ...]) -> str:
        """The SDP answer."""
        return write_answer(self._offer, self._local(candidates))

    def start(
        self, connected: Callable[["Transport"], None], closed: Callable[["Transport", str], None]
    ) -> None:
        """Wait for the handshake, then for its end; both are told once."""
        self._task = asyncio.create_task(self._live(connected, closed))

    def receive_dtls(self, data: bytes, host: str, now: float) -> None:
        """A DTLS datagram from a proven path."""
        if self._dtls_limit.allows(host, now):
            self._dtls.feed(data)

    def learn(self, plain: bytes) -> None:
        """A packet whose SSRC the engine does not know; it is forwarded if it tells."""
        try:
            stream = learnt_stream(self._offer, parse_rtp(plain))
        except Malformed:
            return
        if stream is not None:
            self._learn((stream,))
        self._engine.take(self.peer, plain)

    def sends(self, ssrc: int) -> bool:
        """True for an SSRC that this peer was heard or promised to send."""
        return ssrc in self._ssrcs

    @property
    def repair_seconds(self) -> float:
        """How long an answer to a NACK may take on this line."""
        return 0.020 + 1.25 * self._round_trip

    def note_round_trip(self, seconds: float) -> None:
        """A measurement of the line; smoothed, since the peer may say anything."""
        if 0 < seconds < LONGEST_ROUND_TRIP:
            self._round_trip += (seconds - self._round_trip) / 8

    def note_loss(self, share: float) -> None:
        """What was lost on the way to the relay and not repaired, in the last second."""
        self._loss += (share - self._loss) / 4

    @property
    def quality(self) -> LineQuality:
        """How good the line is in both directions."""
        return self.downlink.quality(self._loss)

    async def close(self) -> None:
        """End the handshake or the connection."""
        self.state = TransportState.CLOSED
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._engine.remove_peer(self.peer)
        await self._dtls.close()

    async def _live(
        self, connected: Callable[["Transport"], None], closed: Callable[["Transport", str], None]
    ) -> None:
        try:
            keys = await self._dtls.handshake(self._offer.fingerprints)
        except HandshakeFailed:
            closed(self, "handshake")
            return
        self._use(keys)
        connected(self)
        await self._dtls.closed.wait()
        closed(self, "peer")

    def _use(self, keys: SrtpKeys) -> None:
        self.state = TransportState.CONNECTED
        self._engine.add_peer(self.peer, keys, self._slots(), self._offer.extensions.transport_cc)
        for path in self.agent.paths:
            self._engine.bind(self.peer, path)
        if self.agent.selected is not None:
            self._engine.send_over(self.peer, self.agent.selected)
        self._learn(offered_streams(self._offer))

    def _learn(self, streams: Iterable[StreamSpec]) -> None:
        for stream in streams:
            self._ssrcs.add(stream.ssrc)
            if self.feedback_ssrc is None and not stream.is_rtx:
                self.feedback_ssrc = stream.ssrc
            self._engine.learn(self.peer, stream)

    def _slots(self) -> tuple[SlotSpec, ...]:
        local = self._local(())
        return tuple(
            SlotSpec(
                ssrc=local.ssrc(index),
                rtx_ssrc=local.rtx_ssrc(index),
                payload_type=self._offer.lines[int(spec.mid)].codec.payload_type,
                rtx_payload_type=self._offer.lines[int(spec.mid)].codec.rtx,
                clock_rate=CLOCK_RATES[spec.source],
                is_video=spec.kind == "video",
                transport_cc=self._offer.lines[int(spec.mid)].transport_cc,
            )
            for index, spec in enumerate(RECEIVING)
        )

    def _local(self, candidates: tuple[Candidate, ...]) -> LocalParameters:
        return LocalParameters(
            ufrag=self.agent.ufrag,
            password=self.agent.password,
            fingerprint=self._dtls.fingerprint,
            candidates=candidates,
            ssrc_base=self._ssrc_base,
        )

    def _send(self, data: bytes) -> None:
        if self.agent.selected is not None:
            self._engine.send_raw(self.agent.selected, data)
