"""Nobody encodes and sends a larger picture of themselves than somebody looks at."""

import time
from collections.abc import Callable

from playwright.sync_api import ViewportSize

from config.development import cast
from tests.e2e.room import Room
from tests.e2e.world import World

SENT = """async () => {
  const found = { h: 0, m: 0, l: 0 };
  for (const one of (await window.rememberedPeers.at(-1).getStats()).values()) {
    if (one.type === "outbound-rtp" && one.rid) found[one.rid] = one.packetsSent ?? 0;
  }
  return found;
}"""
SHOWS_THE_LARGEST = """() => {
  const others = document.querySelectorAll(".tile__video:not(.tile__video--own)");
  return [...others].some((one) => one.videoWidth === 960);
}"""
DESK: ViewportSize = {"width": 1920, "height": 1080}
# Narrower than any telephone: a tile in which the smallest layer looks sharp.
PEEPHOLE: ViewportSize = {"width": 300, "height": 700}
Sent = dict[str, int]


def test_a_camera_sends_its_large_picture_only_while_somebody_shows_it_large(world: World) -> None:
    """Of Ana, whom Thea shows small for a while; Thea, whom Ana shows large, is the control."""
    meeting = world.meet(cast.ANA)
    thea, ana = meeting[cast.THEA], meeting[cast.ANA]
    for room in (thea, ana):
        room.page.set_viewport_size(DESK)
    for room in (thea, ana):
        until(room, lambda before, now: now["h"] > before["h"] + 20)

    thea.page.set_viewport_size(PEEPHOLE)
    until_the_rest_is_silent(ana)
    before, of_thea = sent(ana), sent(thea)
    until(ana, lambda before, now: now["l"] > before["l"] + 20)
    assert {**sent(ana), "l": 0} == {**before, "l": 0}
    assert sent(thea)["h"] > of_thea["h"]

    thea.page.set_viewport_size(DESK)
    until(ana, lambda before, now: now["h"] > before["h"] + 20)
    thea.page.wait_for_function(SHOWS_THE_LARGEST, timeout=40_000)
    for room in (thea, ana):
        room.page.set_viewport_size({"width": 1280, "height": 800})
    meeting.end()


def sent(room: Room) -> Sent:
    """Packets of the camera by layer."""
    found: Sent = room.page.evaluate(SENT)
    return found


def until(room: Room, holds: Callable[[Sent, Sent], bool], seconds: float = 40) -> None:
    """What was sent at first, and now."""
    before = sent(room)
    deadline = time.monotonic() + seconds
    while not holds(before, now := sent(room)):
        assert time.monotonic() < deadline, (before, now)
        room.page.wait_for_timeout(200)


def until_the_rest_is_silent(room: Room, seconds: float = 40) -> None:
    """Nothing but the smallest layer has left for a second."""
    deadline = time.monotonic() + seconds
    while True:
        before = sent(room)
        room.page.wait_for_timeout(1_000)
        now = sent(room)
        if (before["h"], before["m"]) == (now["h"], now["m"]):
            return
        assert time.monotonic() < deadline, (before, now)
