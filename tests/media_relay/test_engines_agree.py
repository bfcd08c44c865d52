"""Two engines, one behaviour: the same packets in, the same packets out, the same reports.

The reference is the oracle. Scripts hold what peers do, what the relay's slow side does, and
what a modified client does: replays, wild numbers, truncated and senseless packets.
"""

from collections.abc import Callable
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_relay.engine import BATCH
from media_relay.guard import BURST, MAX_SENDERS
from media_relay.outbound import VOICE_OCTETS
from media_relay.rtp import MARKER, parse_rtp
from media_relay.srtp import MAX_PLAIN
from media_relay.tickets import Source
from tests.media_relay.engine_pair import Pair
from tests.media_relay.packets import pli_from, vp8, wire

PUBLISHERS = (1, 2)
PEERS = (1, 2, 3)
LAYERS = {"l": 11, "m": 12, "h": 13}
MIC_SSRC = 20
# An SSRC, its RTX and the SSRC that may take its place.
RTX, OTHER = 100, 200

peers = st.sampled_from(PEERS)
publishers = st.sampled_from(PUBLISHERS)
layers = st.sampled_from([*LAYERS, "", None])
slots = st.integers(0, 3)
markers = st.booleans()
# Where a gap becomes a restart, a ring is left behind, and a number ahead becomes an older one.
EDGES = [edge + step for edge in (129, 512, 32_767) for step in (-1, 0, 1)]
# Mostly the next number; sometimes a hole, a late packet, a replay, a restart.
jumps = st.one_of(
    st.just(1),
    st.just(1),
    st.integers(-3, 4),
    st.integers(-700, 700),
    st.integers(0, 65_535),
    st.sampled_from(EDGES),
)
# What a header and its extension leave of the longest packet, and of the longest voice kept.
_LONGEST, _LONGEST_VOICE = MAX_PLAIN - 20, VOICE_OCTETS - 36
bodies = st.one_of(
    st.builds(
        vp8,
        picture=st.one_of(st.none(), st.integers(0, 127)),
        tl0=st.one_of(st.none(), st.integers(0, 255)),
        key=st.booleans(),
        starts=st.booleans(),
        is_long=st.booleans(),
        body=st.binary(max_size=40),
    ),
    st.just(vp8(picture=1, tl0=1, key=True)),
    st.binary(max_size=12),
    st.sampled_from([b"\x80", b"\x80\x80", b"\x90\xf0\x80", bytes(1300), bytes(1360)]),
    # Six of them are the descriptor and the frame's first byte; RTX takes two more.
    st.builds(
        lambda octets: vp8(picture=2, tl0=2, key=True, body=bytes(octets - 6)),
        st.integers(_LONGEST - 3, _LONGEST + 9),
    ),
)
voices = st.one_of(
    st.binary(max_size=100),
    st.builds(bytes, st.integers(_LONGEST_VOICE - 1, _LONGEST_VOICE + 9)),
)
steps = st.one_of(
    st.tuples(st.just("media"), publishers, st.sampled_from("lmh"), jumps, bodies, markers),
    st.tuples(st.just("media"), publishers, st.sampled_from("lmh"), jumps, bodies, markers),
    st.tuples(st.just("rtx"), publishers, st.sampled_from("lmh"), jumps, bodies, markers),
    st.tuples(st.just("sound"), publishers, jumps, voices, markers),
    st.tuples(st.just("other"), publishers, st.sampled_from("lmh"), jumps, bodies),
    st.tuples(st.just("take"), publishers, st.sampled_from("lmh"), st.booleans()),
    st.tuples(st.just("raw"), peers, st.binary(min_size=1, max_size=120)),
    st.tuples(st.just("plain"), peers, st.binary(min_size=12, max_size=120)),
    st.tuples(st.just("control"), peers, st.integers(0, 3), st.binary(max_size=40)),
    st.tuples(st.just("replay"), publishers),
    st.tuples(st.just("leg"), publishers, st.sampled_from(Source), peers, slots),
    st.tuples(st.just("unleg"), peers, slots),
    st.tuples(st.just("aim"), peers, slots, layers),
    st.tuples(st.just("allow"), publishers, st.frozensets(st.sampled_from(Source))),
    st.tuples(st.just("learn"), publishers, st.sampled_from("lmh"), st.booleans(), st.booleans()),
    st.tuples(st.just("nack"), peers, st.sampled_from([500, 510, 600, 610]), st.integers(0, 40)),
    st.tuples(st.just("probe"), peers, slots, st.integers(0, 5)),
    st.tuples(st.just("feedback"), peers, st.binary(max_size=60)),
    st.tuples(st.just("heard"), peers, st.integers(0, 30), st.integers(1, 40), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([0.005, 0.03, 0.6])),
    st.tuples(st.just("ask"), publishers),
    st.tuples(st.just("rejoin"), peers),
)


class Script:
    """Plays steps to both engines and compares after each."""

    def __init__(self) -> None:
        self.pair = Pair()
        self.sequences: dict[tuple[int, int], int] = {}
        self.last: dict[int, bytes] = {}
        self.sent: list[tuple[int, int]] = []
        self.unlearnt: list[tuple[int, bytes]] = []
        for number in PEERS:
            self.rejoin(number)
        for viewer, publisher in ((3, 1), (2, 1), (1, 2)):
            self.leg(publisher, Source.CAMERA, viewer, 0)
            self.aim(viewer, 0, "h")
            self.leg(publisher, Source.MIC, viewer, 2)
            self.aim(viewer, 2, "")

    def rejoin(self, number: int) -> None:
        self.pair.join(number)
        if number in PUBLISHERS:
            for layer, ssrc in LAYERS.items():
                self.pair.learn(number, ssrc, layer, Source.CAMERA, rtx=False)
                self.pair.learn(number, ssrc + RTX, layer, Source.CAMERA, rtx=True)
            self.pair.learn(number, MIC_SSRC, "", Source.MIC, rtx=False)

    def media(
        self, publisher: int, layer: str, jump: int, body: bytes, marks: bool = False
    ) -> None:
        self._send(publisher, LAYERS[layer], jump, body, 96 | MARKER * marks)

    def other(self, publisher: int, layer: str, jump: int, body: bytes) -> None:
        """Under an SSRC that may not be learnt yet."""
        self._send(publisher, LAYERS[layer] + OTHER, jump, body, 96)

    def take(self, publisher: int, layer: str, is_learnt: bool) -> None:
        """What came unlearnt, after all: late, and in vain if nobody has learnt it."""
        if is_learnt:
            self.learn(publisher, layer, True, False)
        for number, plain in self.unlearnt:
            self.pair.call("take", number, plain)
        self.unlearnt.clear()

    def rtx(self, publisher: int, layer: str, jump: int, body: bytes, marks: bool = False) -> None:
        original = self.sequences.get((publisher, LAYERS[layer]), 0) + jump - 1
        wrapped = pack("!H", original & 0xFFFF) + body
        self._send(publisher, LAYERS[layer] + RTX, 1, wrapped, 97 | MARKER * marks)

    def sound(self, publisher: int, jump: int, body: bytes, marks: bool = False) -> None:
        self._send(publisher, MIC_SSRC, jump, body, 96 | MARKER * marks)

    def raw(self, peer: int, data: bytes) -> None:
        self.pair.peers[peer].send(data)
        self.unlearnt += self.pair.run().unlearnt

    def plain(self, peer: int, data: bytes) -> None:
        """Anything that a peer can protect: padding, sources, extensions, other payload types."""
        first = bytes([0x80 | data[0] & 0x3F])
        sealed = self.pair.peers[peer].seal(first + data[1:8] + pack("!L", 11) + data[12:])
        if sealed is not None:
            self.raw(peer, sealed)

    def control(self, peer: int, sender: int, body: bytes) -> None:
        """RTCP that is authentic, and perhaps senseless; the same again is a replay."""
        head = pack("!BBHL", 0x81, 206, 1 + len(body) // 4, sender)
        sealed = self.pair.peers[peer].seal_rtcp(head + body)
        for _ in range(2):
            self.raw(peer, sealed)

    def replay(self, publisher: int) -> None:
        if publisher in self.last:
            self.raw(publisher, self.last[publisher])

    def leg(self, publisher: int, source: Source, viewer: int, slot: int) -> None:
        self.pair.call("add_leg", publisher, source, viewer, slot)

    def unleg(self, viewer: int, slot: int) -> None:
        self.pair.call("remove_leg", viewer, slot)

    def aim(self, viewer: int, slot: int, layer: str | None) -> None:
        self.pair.call("aim", viewer, slot, layer)

    def allow(self, publisher: int, sources: frozenset[Source]) -> None:
        self.pair.call("allow", publisher, sources)

    def learn(self, publisher: int, layer: str, is_other: bool, rtx: bool) -> None:
        ssrc = LAYERS[layer] + OTHER * is_other + RTX * rtx
        self.pair.learn(publisher, ssrc, layer, Source.CAMERA, rtx=rtx)

    def nack(self, viewer: int, ssrc: int, back: int) -> None:
        newest = max((number for at, number in self.sent if at == ssrc), default=16_001)
        self.pair.call("resend", viewer, ssrc, [newest - back & 0xFFFF, newest, newest + 1])

    def probe(self, viewer: int, slot: int, count: int) -> None:
        self.pair.call("probe", viewer, slot, count)

    def feedback(self, viewer: int, data: bytes) -> None:
        self.pair.call("digest", viewer, data)

    def heard(self, viewer: int, base: int, count: int, is_whole: bool) -> None:
        """Feedback that is right: of everything, or every third is lost."""
        symbols = [int(is_whole or index % 3 != 2) for index in range(count)]
        data = pack("!HHL", base, count, 1 << 8)
        for at in range(0, count, 14):
            bits = symbols[at : at + 14] + [0] * 14
            chunk = sum(bit << (13 - index) for index, bit in enumerate(bits[:14]))
            data += pack("!H", 0x8000 | chunk)
        self.feedback(viewer, data + bytes(range(sum(symbols))))

    def wait(self, seconds: float) -> None:
        self.pair.now += seconds

    def ask(self, publisher: int) -> None:
        """All that the slow side asks."""
        holed = [publisher in engine.holed() for engine in self.pair.engines]
        holes = [engine.due_holes(publisher, self.pair.now, 0.05) for engine in self.pair.engines]
        reference, fast = ({ssrc: sorted(due) for ssrc, due in each.items()} for each in holes)
        assert fast == reference
        assert all(holed) or not reference
        self.pair.call("take_arrivals", publisher)
        self.pair.call("reception", publisher)
        self.pair.call("streams", publisher)
        self.pair.call("waiting")
        for viewer in PEERS:
            self.pair.call("legs", viewer)
            self.pair.call("source_of", viewer, 500)

    def play(self, step: tuple[object, ...]) -> None:
        name, *arguments = step
        action: Callable[..., None] = getattr(self, str(name))
        action(*arguments)
        for packet in map(parse_rtp, self.pair.compare()):
            self.sent.append((packet.ssrc, packet.sequence))

    def _send(self, publisher: int, ssrc: int, jump: int, body: bytes, second: int) -> None:
        """`second` is the header's second octet: marker and payload type."""
        key = publisher, ssrc
        sequence = self.sequences[key] = self.sequences.get(key, 65_500) + jump & 0xFFFF
        self.pair.now += 0.004
        plain = wire(
            sequence,
            ssrc=ssrc,
            payload_type=second,
            timestamp=int(self.pair.now * 90_000) & 0xFFFFFFFF,
            payload=body,
            extensions={5: pack("!H", sequence), 4: b"mid"},
        )
        sealed = self.pair.peers[publisher].seal(plain)
        if sealed is not None:
            self.last[publisher] = sealed
            self.raw(publisher, sealed)


@given(st.lists(steps, max_size=80))
def test_the_same_packets_come_out_of_both(script: list[tuple[object, ...]]) -> None:
    playing = Script()
    try:
        for step in script:
            playing.play(step)
        for publisher in PUBLISHERS:
            playing.ask(publisher)
    finally:
        playing.pair.close()


def test_a_whole_call_is_the_same_and_arrives() -> None:
    """A control for the test above: media does flow, is repaired and changes layers."""
    playing = Script()
    try:
        for frame in range(120):
            for layer in "lmh":
                body = vp8(picture=frame, tl0=frame, key=frame % 40 == 0)
                for publisher in PUBLISHERS:
                    playing.play(("media", publisher, layer, 2 if frame % 9 == 5 else 1, body))
            playing.play(("sound", 1, 1, b"opus"))
            if frame % 9 == 5:
                playing.play(("rtx", 1, "h", 0, vp8(picture=frame, tl0=frame)))
                playing.play(("nack", 3, 500, 2))
                playing.play(("ask", 1))
            if frame % 30 == 20:
                playing.play(("aim", 3, 0, "lmh"[frame // 30 % 3]))
        counters = playing.pair.call("counters")
    finally:
        playing.pair.close()
    media = [ssrc for ssrc, _ in playing.sent]
    assert media.count(500) > 3 * 110
    assert media.count(600) == 2 * 120
    assert counters.repaired == 13
    assert counters.resent == media.count(501) > 10


def test_a_layers_former_ssrc_falls_silent() -> None:
    playing = Script()
    try:
        key = vp8(picture=1, tl0=1, key=True)
        playing.play(("media", 1, "h", 1, key))
        assert len(playing.sent) == 2
        playing.play(("learn", 1, "h", True, False))
        for _ in range(2):
            playing.play(("media", 1, "h", 1, key))
        playing.play(("ask", 1))
        assert len(playing.sent) == 2
    finally:
        playing.pair.close()


@pytest.mark.parametrize("jump", EDGES)
def test_numbers_that_jump_are_taken_alike(jump: int) -> None:
    playing = Script()
    try:
        picture = vp8(picture=1, tl0=1)
        playing.play(("media", 1, "h", 1, vp8(picture=0, tl0=0, key=True)))
        playing.play(("sound", 1, 1, b"opus"))
        assert len(playing.sent) == 4
        for step in (jump, 1 - jump, jump, -1, 2, 1):
            playing.play(("media", 1, "h", step, picture))
            playing.play(("rtx", 1, "h", -1, picture))
            playing.play(("sound", 1, step, b"opus"))
            playing.play(("nack", 3, 500, 1))
            playing.play(("ask", 1))
    finally:
        playing.pair.close()


def test_what_came_before_its_ssrc_was_learnt_goes_out_late() -> None:
    """Another control: a packet that nobody has learnt is kept for its time."""
    playing = Script()
    try:
        key = vp8(picture=1, tl0=1, key=True)
        playing.play(("other", 1, "h", 1, key))
        assert playing.sent == []
        playing.play(("take", 1, "h", True))
        assert [ssrc for ssrc, _ in playing.sent] == [500, 500]
    finally:
        playing.pair.close()


def test_the_longest_packet_goes_out_and_a_longer_one_does_not() -> None:
    playing = Script()
    try:
        for octets, sent in ((_LONGEST, 2), (_LONGEST + 1, 2)):
            body = vp8(picture=1, tl0=1, key=True, body=bytes(octets - 6))
            playing.play(("media", 1, "h", 1, body))
            assert len(playing.sent) == sent
    finally:
        playing.pair.close()


def test_the_longest_voice_is_kept_and_a_longer_one_is_not() -> None:
    playing = Script()
    try:
        for octets, resent in ((_LONGEST_VOICE, 1), (_LONGEST_VOICE + 1, 1)):
            playing.play(("sound", 1, 1, bytes(octets)))
            playing.play(("nack", 3, 600, 0))
            assert playing.pair.call("counters").resent == resent
        assert len(playing.sent) == 2 + 1 + 2
    finally:
        playing.pair.close()


def test_the_engine_grows_in_the_middle_of_a_call() -> None:
    """More peers and streams than the first arrays hold: everybody's call goes on."""
    playing = Script()
    try:
        key = vp8(picture=1, tl0=1, key=True)
        for number in range(4, 40):
            playing.play(("media", 1, "h", 1, key))
            playing.rejoin(number)
            playing.leg(1, Source.CAMERA, number, 0)
            playing.aim(number, 0, "h")
            for ssrc in range(30, 33):
                playing.pair.learn(number, ssrc, str(ssrc), Source.CAMERA, rtx=False)
        before = len(playing.sent)
        playing.play(("media", 1, "h", 1, key))
        assert len(playing.sent) - before == 2 + 36
    finally:
        playing.pair.close()


def test_both_hear_the_same_of_a_peer_that_says_too_much() -> None:
    """Too many senders among those that are known, then too many packets."""
    playing = Script()
    try:
        peer, shown = playing.pair.peers[1], 0
        for number in range(2 * int(BURST)):
            sender = number % (2 * MAX_SENDERS)
            if number % 3:
                peer.send(peer.seal_rtcp(pli_from(sender)))
            else:
                sealed = peer.seal(wire(number, ssrc=999))
                assert sealed is not None
                peer.send(sealed)
            if number % BATCH == 0:
                seen = playing.pair.run()
                shown += len(seen.rtcp) + len(seen.unlearnt)
        playing.pair.compare()
        assert shown == BURST
    finally:
        playing.pair.close()
