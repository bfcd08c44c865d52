"""From the relay's death in a call to the other's picture, on every side.

`python -m bench.recovery` kills the relay process with SIGKILL in an encrypted call of two, on the
stack's own processes, and starts another at once, as a supervisor would. Told beside it: when
the last page had asked for a fresh connection, and when the new process was ready. Times are the
pages' own clocks on one machine. The last line is one JSON object.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from config.development import cast
from config.development.stack import Stack
from tests.e2e.world import Meeting, World, launch, walk_in

AIM_SECONDS = 3.0
SETTLE_SECONDS = 3.0
# Resolves when a connection made after that moment has decoded a frame.
NOTE_PICTURE = """since => {
  window.pictureAt = new Promise((resolve) => {
    const look = async () => {
      const line = window.rememberedPeers.at(-1);
      const stats = line.madeAt > since ? [...(await line.getStats()).values()] : [];
      if (stats.some((one) => one.type === "inbound-rtp" && one.framesDecoded > 0)) {
        resolve(Date.now());
      } else setTimeout(look, 10);
    };
    look();
  });
}"""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds after the kill; of two pages the later one."""

    asked: float
    process_ready: float
    pictures: float

    def __str__(self) -> str:
        return f"{self.asked:>8.2f}{self.process_ready:>16.2f}{self.pictures:>10.2f}"


def main(rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder)) as stack,
        sync_playwright() as playwright,
    ):
        world = World(stack, launch(playwright))
        walk_in(world)
        meeting = world.meet(cast.ANA)
        print(f"{'asked':>8}{'process ready':>16}{'pictures':>10}", file=sys.stderr)
        found = [recovery(world, meeting) for _ in range(rounds)]
        meeting.end()
        world.browser.close()
    report(found)


def recovery(world: World, meeting: Meeting) -> Recovery:
    meeting.everybody_sees_and_hears_everybody()
    pages = [room.page for room in meeting.rooms.values()]
    pages[0].wait_for_timeout(1000 * SETTLE_SECONDS)
    killed_at = time.time()
    for page in pages:
        page.evaluate(NOTE_PICTURE, 1000 * killed_at)
    world.stack.kill("relay")
    world.stack.restart("relay")
    ready_at = time.time()
    found = Recovery(
        asked=max(room.asked_anew_at(killed_at) for room in meeting.rooms.values()) - killed_at,
        process_ready=ready_at - killed_at,
        pictures=max(page.evaluate("window.pictureAt") / 1000 for page in pages) - killed_at,
    )
    print(found, file=sys.stderr, flush=True)
    return found


def report(found: list[Recovery]) -> None:
    names = ("asked", "process_ready", "pictures")
    medians = {
        f"{name}_seconds_median": round(statistics.median(asdict(each)[name] for each in found), 2)
        for name in names
    }
    longest = round(max(each.pictures for each in found), 2)
    print(
        json.dumps(
            {**medians, "pictures_seconds_longest": longest}
            | {"rounds": len(found), "aim_seconds": AIM_SECONDS}
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    main(parser.parse_args().rounds)
