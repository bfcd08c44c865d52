"""A slot is one continuous stream, and no number ever carries two contents."""

import itertools
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from media_relay.departures import Departures
from media_relay.inbound import MAX_ASKS, Inbound, Received
from media_relay.outbound import SlotSpec, SlotStream
from media_relay.rtp import extend, parse_rtp
from media_relay.vp8 import describe
from tests.media_relay.packets import rtp, vp8

VIDEO = SlotSpec(
    ssrc=50, rtx_ssrc=51, payload_type=120, rtx_payload_type=121, clock_rate=90_000, is_video=True
)
AUDIO = SlotSpec(
    ssrc=60, rtx_ssrc=61, payload_type=109, rtx_payload_type=None, clock_rate=48_000, is_video=False
)


def video_in(ssrc: int = 7) -> Inbound:
    return Inbound(ssrc=ssrc, clock_rate=90_000, is_video=True, repairs=True)


class Viewer:
    """Feeds a slot as the engine does, and reads what comes out."""

    def __init__(self, spec: SlotSpec = VIDEO) -> None:
        self.slot = SlotStream(spec, Departures())
        self.out: list[bytes] = []

    def take(self, source: Inbound, received: Received | None, now: float = 1.0) -> None:
        if received is None:
            return
        batch = [received]
        if self.slot.is_waiting:
            if not self.slot.can_begin(received):
                return
            self.slot.begin(received, now)
            batch += source.since(received.position)
        self.out += filter(None, (self.slot.forward(each, now) for each in batch))

    def sequences(self) -> list[int]:
        return [parse_rtp(data).sequence for data in self.out]


def frames(count: int, *, first: int = 0, picture: int = 0) -> Iterator[tuple[int, bytes]]:
    for index in range(count):
        yield first + index, vp8(picture=picture + index, tl0=index & 0xFF, key=index == 0)


def test_nothing_is_given_out_before_a_key_frame() -> None:
    source, viewer = video_in(), Viewer()
    viewer.take(source, source.accept(rtp(1, payload=vp8(picture=1)), 1.0))
    assert viewer.out == []
    viewer.take(source, source.accept(rtp(2, payload=vp8(picture=2, key=True)), 1.0))
    assert len(viewer.out) == 1


def test_a_key_frame_whose_first_packet_comes_last_is_given_out_whole() -> None:
    source, viewer = video_in(), Viewer()
    viewer.take(source, source.accept(rtp(9, payload=vp8(picture=1)), 1.0))
    viewer.take(source, source.accept(rtp(11, payload=vp8(picture=2, starts=False)), 1.0))
    viewer.take(source, source.accept(rtp(10, payload=vp8(picture=2, key=True)), 1.0))
    first, second = viewer.sequences()
    assert second == first + 1


def test_another_source_continues_sequence_timestamp_and_pictures() -> None:
    one, other, viewer = video_in(), video_in(8), Viewer()
    for sequence, payload in frames(5, first=65_533, picture=32_765):
        viewer.take(one, one.accept(rtp(sequence, timestamp=3000 * sequence, payload=payload), 1.0))
    viewer.slot.restart()
    for sequence, payload in frames(5, first=40_000, picture=17):
        packet = rtp(sequence, timestamp=77, payload=payload)
        viewer.take(other, other.accept(packet, 2.0), now=2.0)
    packets = [parse_rtp(data) for data in viewer.out]
    assert len(packets) == 10
    for before, after in itertools.pairwise(packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        old, new = describe(before.payload), describe(after.payload)
        assert old
        assert new
        assert (new.picture_id - old.picture_id) & 0x7FFF == 1
        assert (new.tl0 - old.tl0) & 0xFF == 1
    assert (packets[5].timestamp - packets[4].timestamp) & 0xFFFFFFFF == 90_000
    assert {packet.ssrc for packet in packets} == {50}
    assert {packet.payload_type for packet in packets} == {120}


def test_audio_begins_with_any_packet() -> None:
    source = Inbound(ssrc=1, clock_rate=48_000, is_video=False, repairs=False)
    viewer = Viewer(AUDIO)
    viewer.take(source, source.accept(rtp(3, payload=b"opus"), 1.0))
    assert len(viewer.out) == 1


def test_a_late_packet_of_the_former_picture_stays_behind() -> None:
    source, viewer = video_in(), Viewer()
    viewer.take(source, source.accept(rtp(5, payload=vp8(picture=2, key=True)), 1.0))
    viewer.take(source, source.accept(rtp(4, payload=vp8(picture=1)), 1.0))
    assert len(viewer.out) == 1


def test_a_lost_packet_is_repaired_through_rtx_alone() -> None:
    source, viewer = video_in(), Viewer()
    for sequence, payload in frames(3, first=100):
        viewer.take(source, source.accept(rtp(sequence, payload=payload), 1.0))
    missed = parse_rtp(viewer.out[1])
    repair = viewer.slot.resend(source, missed.sequence, 1.0)
    assert repair is not None
    again = parse_rtp(repair)
    assert (again.ssrc, again.payload_type) == (51, 121)
    assert int.from_bytes(again.payload[:2], "big") == missed.sequence
    assert again.payload[2:] == missed.payload
    assert viewer.slot.resend(source, missed.sequence, 1.001) is None
    assert viewer.slot.resend(source, missed.sequence, 1.1) is not None


def test_a_repair_never_reaches_back_over_a_switch() -> None:
    source, viewer = video_in(), Viewer()
    for sequence, payload in frames(3):
        viewer.take(source, source.accept(rtp(sequence, payload=payload), 1.0))
    before = viewer.sequences()[-1]
    viewer.slot.restart()
    key = vp8(picture=9, key=True)
    viewer.take(source, source.accept(rtp(3, payload=key), 1.0))
    assert viewer.slot.resend(source, before, 2.0) is None


def test_a_duplicate_and_a_relic_are_refused() -> None:
    source = video_in()
    assert source.accept(rtp(10), 1.0)
    assert source.accept(rtp(10, payload=b"other"), 1.0) is None
    assert source.accept(rtp(10 + 600), 1.0)
    assert source.accept(rtp(10 + 600 - 512), 1.0) is None


def test_holes_are_asked_for_until_they_are_filled() -> None:
    source = video_in()
    for sequence in (65_534, 1, 2):
        source.accept(rtp(sequence), 1.0)
    assert source.due_holes(1.005, 0.08) == []
    assert source.due_holes(1.02, 0.08) == [65_535, 0]
    assert source.due_holes(1.03, 0.08) == []
    source.accept(rtp(65_535), 1.04, repaired=True)
    assert source.due_holes(1.2, 0.08) == [0]
    asked = sum(bool(source.due_holes(2.0 + index, 0.08)) for index in range(20))
    assert asked == MAX_ASKS - 2


def test_a_repaired_packet_does_not_count_as_lost() -> None:
    source = video_in()
    for sequence in (1, 2, 4):
        source.accept(rtp(sequence), 1.0)
    source.accept(rtp(3), 1.1, repaired=True)
    report = source.report()
    assert report is not None
    assert (report.lost, report.fraction_lost) == (0, 0)
    source.accept(rtp(6), 1.2)
    report = source.report()
    assert report is not None
    assert (report.lost, report.fraction_lost) == (1, 128)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["media", "media", "media", "rtx", "switch", "nack"]),
        st.integers(0, 1),
        st.one_of(st.integers(-40, 40), st.integers(-33_000, 33_000)),
        st.booleans(),
    ),
    max_size=120,
)


class Cipher:
    """Counts SRTP indices as RFC 3711 does, and refuses a nonce with other bytes."""

    def __init__(self) -> None:
        self.highest: dict[int, int] = {}
        self.used: dict[tuple[int, int], bytes] = {}

    def protect(self, data: bytes) -> None:
        packet = parse_rtp(data)
        highest = self.highest.get(packet.ssrc)
        index = packet.sequence if highest is None else extend(packet.sequence, highest)
        self.highest[packet.ssrc] = max(index, highest or 0)
        assert self.used.setdefault((packet.ssrc, index), data) == data


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_no_nonce_is_ever_used_with_other_bytes(steps: list[tuple[str, int, int, bool]]) -> None:
    """Whatever two hostile sources send and whenever slots switch."""
    sources, at = [video_in(1), video_in(2)], [1000, 1000]
    viewer, cipher = Viewer(), Cipher()
    current, done = 0, 0
    for step, (kind, which, jump, key) in enumerate(steps):
        now = float(step + 1)
        if kind == "switch":
            current = which
            viewer.slot.restart()
        elif kind == "nack":
            repair = viewer.slot.resend(sources[current], jump & 0xFFFF, now)
            if repair is not None:
                cipher.protect(repair)
        else:
            at[which] = max(0, at[which] + jump)
            payload = vp8(picture=step, key=key, body=bytes([step & 0xFF]) * 3)
            packet = rtp(at[which], payload=payload)
            received = sources[which].accept(packet, now, repaired=kind == "rtx")
            if which == current:
                viewer.take(sources[which], received, now)
        for data in viewer.out[done:]:
            cipher.protect(data)
        done = len(viewer.out)
