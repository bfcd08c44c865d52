"""A leg carries the layer it is aimed at, changes at key frames only, and never goes back."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_relay.inbound import FRESH_SECONDS
from media_relay.rtp import RtpPacket
from media_relay.tickets import Source
from media_relay.vp8 import describe
from tests.media_relay.engine_rig import CAMERA, ENGINES, MIC, MakeEngine, Rig, RigPeer, number_of

LAYERS = {"l": 11, "m": 12, "h": 13}


@pytest.fixture(params=ENGINES)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    rig = Rig(request.param)
    yield rig
    rig.close()


@pytest.fixture
def viewer(rig: Rig) -> RigPeer:
    return watching(rig)


def watching(rig: Rig) -> RigPeer:
    for layer, ssrc in LAYERS.items():
        rig.learn(ssrc, layer)
    viewer = rig.join()
    rig.engine.add_leg(rig.publisher.number, Source.CAMERA, viewer.number, CAMERA)
    return viewer


def layer_of(rig: Rig, viewer: RigPeer) -> str | None:
    legs = rig.engine.legs(viewer.number)
    return legs[0].layer if legs else None


def test_a_leg_is_paused_until_it_is_aimed(rig: Rig, viewer: RigPeer) -> None:
    rig.send(LAYERS["h"], key=True)
    assert viewer.receive() == []
    assert rig.engine.waiting() == set()
    rig.engine.aim(viewer.number, CAMERA, "h")
    rig.send(LAYERS["h"], key=True)
    assert len(viewer.receive()) == 1


def test_only_the_layer_that_was_asked_for_is_carried(rig: Rig, viewer: RigPeer) -> None:
    rig.engine.aim(viewer.number, CAMERA, "m")
    rig.send(LAYERS["m"])
    for layer in ("h", "m", "l"):
        rig.send(LAYERS[layer], key=True)
        rig.send(LAYERS[layer])
    assert layer_of(rig, viewer) == "m"
    assert len(viewer.receive()) == 2


def test_the_former_layer_flows_until_the_key_frame_of_the_next(rig: Rig, viewer: RigPeer) -> None:
    rig.engine.aim(viewer.number, CAMERA, "h")
    rig.send(LAYERS["h"], key=True)
    rig.send(LAYERS["l"])
    rig.engine.aim(viewer.number, CAMERA, "l")
    assert rig.engine.waiting() == {(rig.publisher.number, LAYERS["l"])}
    rig.send(LAYERS["h"])
    assert len(viewer.receive()) == 2
    rig.send(LAYERS["l"])
    assert viewer.receive() == []
    rig.send(LAYERS["l"], key=True)
    rig.send(LAYERS["h"])
    assert len(viewer.receive()) == 1
    assert layer_of(rig, viewer) == "l"
    assert rig.engine.waiting() == set()


def test_a_leg_that_carries_nothing_begins_with_what_flows(rig: Rig, viewer: RigPeer) -> None:
    """A browser short of uplink sends no upper layer; its picture must come all the same."""
    rig.engine.aim(viewer.number, CAMERA, "h")
    rig.send(LAYERS["l"])
    assert rig.engine.waiting() == {(rig.publisher.number, LAYERS["l"])}
    rig.send(LAYERS["l"], key=True)
    assert layer_of(rig, viewer) == "l"
    rig.send(LAYERS["h"])
    assert rig.engine.waiting() == {(rig.publisher.number, LAYERS["h"])}
    rig.send(LAYERS["h"], key=True)
    assert layer_of(rig, viewer) == "h"
    viewer.receive()
    rig.send(LAYERS["l"], key=True)
    assert viewer.receive() == []


def test_a_paused_leg_goes_on_at_a_key_frame(rig: Rig, viewer: RigPeer) -> None:
    rig.engine.aim(viewer.number, CAMERA, "l")
    rig.send(LAYERS["l"], key=True)
    rig.engine.aim(viewer.number, CAMERA, None)
    rig.send(LAYERS["l"])
    assert rig.engine.waiting() == set()
    assert rig.engine.legs(viewer.number) == []
    rig.now += FRESH_SECONDS
    rig.send(LAYERS["l"])
    rig.engine.aim(viewer.number, CAMERA, "l")
    assert rig.engine.waiting() == {(rig.publisher.number, LAYERS["l"])}
    rig.send(LAYERS["l"])
    rig.send(LAYERS["l"], key=True)
    first, second = viewer.receive()
    assert second.sequence == first.sequence + 1


def test_an_empty_line_begins_with_a_key_frame_that_has_just_come(
    rig: Rig, viewer: RigPeer
) -> None:
    """Nobody is asked for another, and what came since arrives in order."""
    rig.send(LAYERS["l"], key=True)
    rig.now += FRESH_SECONDS / 2
    rig.send(LAYERS["l"], payload=b"since")
    rig.engine.aim(viewer.number, CAMERA, "l")
    assert rig.engine.waiting() == set()
    rig.send(LAYERS["l"], payload=b"now")
    received = viewer.receive()
    assert [each.payload for each in received[1:]] == [b"since", b"now"]
    assert [each.sequence - received[0].sequence for each in received] == [0, 1, 2]


def test_a_line_that_shows_a_layer_does_not_go_back_to_an_earlier_key_frame(
    rig: Rig, viewer: RigPeer
) -> None:
    rig.engine.aim(viewer.number, CAMERA, "h")
    rig.send(LAYERS["h"], key=True)
    rig.send(LAYERS["l"], key=True)
    viewer.receive()
    rig.engine.aim(viewer.number, CAMERA, "l")
    assert rig.engine.waiting() == {(rig.publisher.number, LAYERS["l"])}
    rig.send(LAYERS["l"])
    assert viewer.receive() == []


def test_a_key_frame_that_took_long_to_make_delays_nothing_after_it(
    rig: Rig, viewer: RigPeer
) -> None:
    """Else a line that changes often would be shown later and later."""
    rig.engine.aim(viewer.number, CAMERA, "l")
    rig.send(LAYERS["l"], key=True)
    before = rig.now
    for _ in range(3):
        rig.engine.aim(viewer.number, CAMERA, None)
        rig.now += 1
        rig.send(LAYERS["l"])
        rig.engine.aim(viewer.number, CAMERA, "l")
        rig.now += 0.1
        rig.send(LAYERS["l"], key=True, late=0.08)
        rig.send(LAYERS["l"])
    received = viewer.receive()
    assert len(received) == 1 + 3 * 2
    elapsed = (received[-1].timestamp - received[0].timestamp) % (1 << 32) / 90_000
    assert elapsed == pytest.approx(rig.now - before, abs=0.001)


def test_sound_goes_on_at_once(rig: Rig, viewer: RigPeer) -> None:
    rig.learn(20, "", Source.MIC)
    rig.engine.add_leg(rig.publisher.number, Source.MIC, viewer.number, MIC)
    rig.engine.aim(viewer.number, MIC, "")
    rig.send(20, payload=b"opus")
    rig.engine.aim(viewer.number, MIC, None)
    rig.send(20, payload=b"opus")
    rig.engine.aim(viewer.number, MIC, "")
    rig.send(20, payload=b"opus")
    assert len(viewer.receive()) == 2


def test_counts_are_told_by_layer(rig: Rig, viewer: RigPeer) -> None:
    rig.send(LAYERS["l"], key=True)
    rig.send(LAYERS["l"])
    rig.now += 1
    rig.send(LAYERS["h"], payload=b"12345")
    counts = {each.layer: each for each in rig.engine.streams(rig.publisher.number)}
    assert (counts["l"].packets, counts["l"].is_flowing) == (2, False)
    assert (counts["h"].packets, counts["h"].octets, counts["h"].is_flowing) == (1, 5, True)
    assert counts["m"].packets == 0
    counters = rig.engine.counters()
    assert counters.packets_in == 3
    assert counters.refused == 0


def test_everything_sent_to_a_viewer_is_numbered_in_one_row(rig: Rig, viewer: RigPeer) -> None:
    rig.engine.aim(viewer.number, CAMERA, "l")
    for index in range(4):
        rig.send(LAYERS["l"], key=not index)
    first = viewer.receive()
    rig.engine.resend(viewer.number, 500, [first[1].sequence])
    assert rig.engine.probe(viewer.number, CAMERA, 3) == 3
    later = viewer.receive()
    assert [number_of(packet) for packet in first + later] == list(range(8))
    assert {packet.ssrc for packet in later} == {501}
    assert [packet.padding for packet in later] == [0, 255, 255, 255]
    assert [len(packet.payload) for packet in later[1:]] == [0, 0, 0]
    assert rig.engine.probe(viewer.number, MIC, 3) == 0
    counters = rig.engine.counters()
    assert (counters.resent, counters.probes, counters.packets_out) == (1, 3, 8)


def test_a_lost_voice_is_sent_again_byte_by_byte(rig: Rig, viewer: RigPeer) -> None:
    """Protected anew, the same number would carry another extension under the same nonce."""
    rig.learn(20, "", Source.MIC)
    rig.engine.add_leg(rig.publisher.number, Source.MIC, viewer.number, MIC)
    rig.engine.aim(viewer.number, MIC, "")
    for index in range(3):
        rig.send(20, payload=bytes([index] * 9))
    sent = viewer.receive_protected()
    sequences = [int.from_bytes(data[2:4], "big") for data in sent]
    rig.engine.resend(viewer.number, 600, [sequences[1], sequences[2] + 1])
    assert viewer.receive_protected() == [sent[1]]
    rig.engine.resend(viewer.number, 600, [sequences[1]])
    assert viewer.receive_protected() == []
    assert rig.engine.counters().resent == 1


Step = tuple[str, str | None]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("aim"), st.sampled_from(["l", "m", "h", None])),
        st.tuples(st.sampled_from(["key", "delta", "delta", "lost"]), st.sampled_from("lmh")),
        st.tuples(st.sampled_from(["leave", "wait", "nack"]), st.none()),
    ),
    max_size=60,
)


@pytest.mark.parametrize("make", ENGINES)
@settings(max_examples=60, deadline=None)
@given(steps)
def test_whatever_happens_a_number_carries_one_content_and_time_runs_forward(
    make: MakeEngine, script: list[Step]
) -> None:
    """The GCM rule: an SSRC and sequence number with two contents would leak the key."""
    rig = Rig(make)
    try:
        viewer = watching(rig)
        packets: list[RtpPacket] = []
        for action, layer in script:
            play(rig, viewer, action, layer, packets)
            packets += viewer.receive()
    finally:
        rig.close()
    media = [packet for packet in packets if packet.ssrc == 500]
    assert len({packet.sequence for packet in media}) == len(media)
    repairs = [packet.sequence for packet in packets if packet.ssrc == 501]
    assert len(set(repairs)) == len(repairs)
    assert [number_of(packet) for packet in packets] == list(range(len(packets)))
    for before, after in itertools.pairwise(media):
        assert 0 < (after.sequence - before.sequence) & 0xFFFF < 0x8000
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF < 0x80000000
        old, new = describe(before.payload), describe(after.payload)
        assert old
        assert new
        assert 0 < (new.picture_id - old.picture_id) & 0x7FFF < 0x4000


def play(
    rig: Rig, viewer: RigPeer, action: str, layer: str | None, before: list[RtpPacket]
) -> None:
    if action == "aim":
        rig.engine.aim(viewer.number, CAMERA, layer)
    elif action == "leave":
        rig.engine.add_leg(rig.publisher.number, Source.CAMERA, viewer.number, CAMERA)
        rig.engine.aim(viewer.number, CAMERA, "m")
    elif action == "wait":
        rig.now += 0.7
    elif action == "nack":
        rig.engine.resend(viewer.number, 500, [each.sequence for each in before[-20:]])
    elif action == "lost":
        rig.skip(LAYERS[layer or "l"])
    else:
        rig.send(LAYERS[layer or "l"], key=action == "key")
