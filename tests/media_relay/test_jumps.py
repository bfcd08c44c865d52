"""A sender may begin its numbers anew; for its viewers they go on."""

from collections.abc import Iterator

import pytest

from media_relay.inbound import MAX_GAP
from media_relay.tickets import Source
from tests.media_relay.engine_rig import CAMERA, ENGINES, MIC, MakeEngine, Rig, RigPeer

HIGH, VOICE = 11, 20
# The farthest ahead that a number can be without being taken for an older one.
FARTHEST = 32_767


@pytest.fixture(params=ENGINES)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    make: MakeEngine = request.param
    rig = Rig(make)
    rig.learn(HIGH, "h")
    rig.learn(VOICE, "", Source.MIC)
    yield rig
    rig.close()


@pytest.fixture
def viewer(rig: Rig) -> RigPeer:
    viewer = rig.join()
    for slot, source, layer in ((CAMERA, Source.CAMERA, "h"), (MIC, Source.MIC, "")):
        rig.engine.add_leg(rig.publisher.number, source, viewer.number, slot)
        rig.engine.aim(viewer.number, slot, layer)
    return viewer


def speak(rig: Rig) -> None:
    rig.send(VOICE, payload=b"opus")


@pytest.mark.parametrize(
    ("lost", "step"),
    [(1, 2), (MAX_GAP, MAX_GAP + 1), (MAX_GAP + 1, 1), (511, 1), (FARTHEST - 1, 1)],
)
def test_numbers_jump_by_what_was_lost_and_never_by_more(
    rig: Rig, viewer: RigPeer, lost: int, step: int
) -> None:
    speak(rig)
    rig.skip(VOICE, lost)
    speak(rig)
    before, after = (packet.sequence for packet in viewer.receive())
    assert after - before == step


def test_a_viewer_that_misses_a_jump_still_opens_what_follows(rig: Rig, viewer: RigPeer) -> None:
    """Its rollover counter, which no packet carries, would stay behind for good."""
    speak(rig)
    assert len(viewer.receive()) == 1
    rig.skip(VOICE, FARTHEST - 1)
    speak(rig)
    assert len(viewer.receive_protected()) == 1
    rig.skip(VOICE, FARTHEST - 1)
    speak(rig)
    assert [packet.payload for packet in viewer.receive()] == [b"opus"]


def test_after_a_jump_a_camera_waits_for_its_key_frame(rig: Rig, viewer: RigPeer) -> None:
    rig.send(HIGH, key=True)
    rig.send(HIGH)
    newest = viewer.receive()[-1].sequence
    assert not rig.engine.waiting()
    rig.skip(HIGH, MAX_GAP + 1)
    rig.send(HIGH)
    assert viewer.receive() == []
    assert rig.engine.waiting() == {(rig.publisher.number, HIGH)}
    rig.send(HIGH, key=True)
    rig.send(HIGH)
    assert [packet.sequence for packet in viewer.receive()] == [newest + 1, newest + 2]
    assert not rig.engine.waiting()


def test_a_key_frame_from_before_a_jump_begins_nothing(rig: Rig, viewer: RigPeer) -> None:
    rig.send(HIGH, key=True)
    rig.skip(HIGH)
    rig.send(HIGH)
    rig.skip(HIGH, -2)
    rig.send(HIGH, key=True)
    assert len(viewer.receive()) == 3
    rig.skip(HIGH, MAX_GAP + 2)
    rig.send(HIGH)
    rig.skip(HIGH, -2)
    rig.send(HIGH, key=True)
    assert viewer.receive() == []
