"""From the therapist's click to the first decoded remote frame, through the whole stack.

Both directions count: the newcomer's first picture of the therapist, and the therapist's first
picture of the newcomer. The newcomer's transport is up and the camera chosen before the click, as
for everybody who waits. *Decoded* is when the decoder hands the frame to the page's track, *shown*
when the tile has drawn it. Times are the pages' own clocks on one machine.

Both pages and all servers share this machine, where in a session each browser has one of its own.
The database waits for the disk, as in production.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from config.development import cast
from config.development.stack import Stack
from tests.e2e import staff
from tests.e2e.world import Meeting, World, launch, walk_in

ROUNDS = 20
AIM_MS = 300
# Notes when the first frame of the first line of pictures has been decoded (of two people each has
# the other there), and when this person's tile shows one.
NOTE_FIRST_FRAME = """alias => {
  const lines = window.rememberedPeers.at(-1).getTransceivers();
  const track = lines.find(({ mid }) => mid === "18").receiver.track.clone();
  const frames = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  window.firstDecoded = frames.read().then(({ value }) => {
    const at = Date.now();
    value.close();
    track.stop();
    return at;
  });
  window.firstShown = new Promise((resolve) => {
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


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds after the click."""

    newcomer_decoded: float
    newcomer_shown: float
    therapist_decoded: float
    therapist_shown: float

    @property
    def both_decoded(self) -> float:
        return max(self.newcomer_decoded, self.therapist_decoded)


def main() -> None:
    options = read_options()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder))
        stack.postgres.fast = False
        with stack:
            report(*measure(stack, launch(playwright), options.rounds))


def measure(stack: Stack, browser: Browser, rounds: int) -> tuple[list[Times], list[Times]]:
    """In a plain session and in an encrypted one."""
    world = World(stack, browser)
    walk_in(world)
    encrypted = admissions(world, rounds)
    staff.stop_requiring_encryption(world[cast.THEA], world.group)
    plain = admissions(world, rounds)
    browser.close()
    return plain, encrypted


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.admission")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def admissions(world: World, rounds: int) -> list[Times]:
    meeting = world.meet(cast.ANA)
    found = [admitted_again(meeting, number) for number in range(1, rounds + 1)]
    meeting.end()
    return found


def admitted_again(meeting: Meeting, number: int) -> Times:
    host, member = meeting[cast.THEA], meeting[cast.ANA]
    host.act_on(cast.ANA.alias, "return")
    member.is_in_phase("waiting")
    member.turns_on("mic", "camera")
    host.page.wait_for_timeout(1000)
    host.page.evaluate(NOTE_FIRST_FRAME, cast.ANA.alias)
    member.page.evaluate(NOTE_FIRST_FRAME, cast.THEA.alias)
    host.admit(cast.ANA.true_name)
    newcomer, therapist = noted_at(member.page), noted_at(host.page)
    clicked_at = host.clicked_at() * 1000
    times = Times(*(at - clicked_at for at in (*newcomer, *therapist)))
    line = "".join(f"{ms:>8.0f}" for ms in astuple(times))
    print(f"{number:>3}{line}", file=sys.stderr, flush=True)
    return times


def noted_at(page: Page) -> tuple[float, float]:
    """When the first frame was decoded and when it was shown, by the page's clock."""
    decoded, shown = page.evaluate("Promise.all([window.firstDecoded, window.firstShown])")
    return decoded, shown


def report(plain: list[Times], encrypted: list[Times]) -> None:
    print(f"\n{'first picture of the other':<40}{'median ms':>10}{'p10':>8}{'p90':>8}{'max':>8}")
    for rule, rounds in (("", plain), (", encrypted", encrypted)):
        for field in fields(Times):
            values = [getattr(times, field.name) for times in rounds]
            tenths = statistics.quantiles(values, n=10)
            print(
                f"{field.name.replace('_', ', ') + rule:<40}{statistics.median(values):>10.0f}"
                f"{tenths[0]:>8.0f}{tenths[-1]:>8.0f}{max(values):>8.0f}"
            )
    print(
        json.dumps(
            {
                "admit_to_frame_ms_median": median(plain, lambda one: one.newcomer_decoded),
                "admit_to_both_frames_ms_median": median(plain, lambda one: one.both_decoded),
                "admit_to_shown_ms_median": median(plain, lambda one: one.newcomer_shown),
                "encrypted_admit_to_frame_ms_median": median(
                    encrypted, lambda one: one.newcomer_decoded
                ),
                "encrypted_admit_to_both_frames_ms_median": median(
                    encrypted, lambda one: one.both_decoded
                ),
                "encrypted_admit_to_shown_ms_median": median(
                    encrypted, lambda one: one.newcomer_shown
                ),
                "rounds": len(plain),
                "aim_ms": AIM_MS,
            }
        )
    )


def median(rounds: list[Times], of: Callable[[Times], float]) -> float:
    return round(statistics.median(map(of, rounds)), 1)


if __name__ == "__main__":
    main()
