"""From the therapist's click to the first decoded remote frame, through the whole stack.

Both directions count: the newcomer's first picture of the therapist, and the therapist's first
picture of the newcomer. The newcomer's transport is up and the camera chosen before the click, as
for everybody who waits. Times are the pages' own clocks on one machine.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from config.development import cast
from config.development.stack import Stack
from tests.e2e import staff
from tests.e2e.room import Room
from tests.e2e.world import Meeting, World, launch, walk_in

ROUNDS = 20
AIM_MS = 300
# Resolves at the moment the browser presents the first frame of this person's tile.
NOTE_FIRST_FRAME = """alias => {
  window.firstFrame = new Promise((resolve) => {
    const look = () => {
      const tile = [...document.querySelectorAll(".tile")]
        .find((one) => one.querySelector(".tile__alias")?.textContent === alias);
      const video = tile?.querySelector("video");
      if (!video?.srcObject) return void setTimeout(look, 2);
      video.requestVideoFrameCallback(() => resolve(Date.now()));
    };
    look();
  });
}"""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder)) as stack,
        sync_playwright() as playwright,
    ):
        world = World(stack, launch(playwright))
        walk_in(world)
        encrypted = admissions(world)
        staff.stop_requiring_encryption(world[cast.THEA], world.group)
        plain = admissions(world)
        world.browser.close()
    report(plain, encrypted)


def admissions(world: World) -> list[tuple[float, float]]:
    meeting = world.meet(cast.ANA)
    rounds = [admitted_again(meeting, number) for number in range(1, ROUNDS + 1)]
    meeting.end()
    return rounds


def admitted_again(meeting: Meeting, number: int) -> tuple[float, float]:
    """(newcomer's, therapist's) milliseconds to the first frame."""
    host, member = meeting[cast.THEA], meeting[cast.ANA]
    host.act_on(cast.ANA.alias, "return")
    member.is_in_phase("waiting")
    member.turns_on("mic", "camera")
    host.page.wait_for_timeout(1000)
    expect_frame_of(host.page, cast.ANA)
    expect_frame_of(member.page, cast.THEA)
    host.admit(cast.ANA.true_name)
    times = (waited_ms(member, host), waited_ms(host, host))
    print(f"{number:>3}  {times[0]:>8.0f}  {times[1]:>8.0f}", file=sys.stderr, flush=True)
    return times


def expect_frame_of(page: Page, person: cast.Person) -> None:
    page.evaluate(NOTE_FIRST_FRAME, person.alias)


def waited_ms(viewer: Room, host: Room) -> float:
    return float(viewer.page.evaluate("window.firstFrame")) - host.clicked_at() * 1000


def report(plain: list[tuple[float, float]], encrypted: list[tuple[float, float]]) -> None:
    print(f"\n{'first picture of the other':<32}{'median ms':>10}{'p10':>8}{'p90':>8}{'max':>8}")
    for rule, rounds in (("", plain), (", encrypted", encrypted)):
        for place, name in enumerate(("newcomer", "therapist")):
            values = [times[place] for times in rounds]
            tenths = statistics.quantiles(values, n=10)
            print(
                f"{name + rule:<32}{statistics.median(values):>10.0f}"
                f"{tenths[0]:>8.0f}{tenths[-1]:>8.0f}{max(values):>8.0f}"
            )
    print(
        json.dumps(
            {
                "admit_to_frame_ms_median": median_of(newcomer for newcomer, _ in plain),
                "admit_to_both_frames_ms_median": median_of(map(max, plain)),
                "encrypted_admit_to_frame_ms_median": median_of(one for one, _ in encrypted),
                "encrypted_admit_to_both_frames_ms_median": median_of(map(max, encrypted)),
                "rounds": ROUNDS,
                "aim_ms": AIM_MS,
            }
        )
    )


def median_of(values: Iterable[float]) -> float:
    return round(statistics.median(values), 1)


if __name__ == "__main__":
    main()
