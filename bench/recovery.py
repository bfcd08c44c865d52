"""From the relay's death in a call to the other's picture, on every side.

`python -m bench.recovery` kills the relay process that carries an encrypted call of two, with
SIGKILL, on the stack's own processes: first the only one, started again at once, as a supervisor
would; then with another beside it, as on a machine with one for each core. Told beside it: when
the last page had asked for a fresh connection, and when the new process was ready. Times are
the pages' own clocks on one machine. The last line is one JSON object.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from config.development import cast
from config.development.stack import Stack
from config.development.toolchain import ROOT, VENV
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
    pictures: float
    process_ready: float = 0.0

    def __str__(self) -> str:
        return f"{self.asked:>8.2f}{self.pictures:>10.2f}{self.process_ready:>16.2f}"


class Pair:
    """Two relay processes: a call goes over to the other when one is killed."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._running: list[tuple[int, subprocess.Popen[str]]] = []
        self._killed = 0

    def start(self, index: int) -> None:
        """It carries nothing until the one before it is killed."""
        command = [str(VENV / "bin" / "python"), "manage.py", "relay", "--index", str(index)]
        environment = self._stack.environment("relay")
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        while "is ready" not in process.stdout.readline():
            assert process.poll() is None, "the relay ended at its start"
        self._running.append((index, process))

    def kill(self) -> None:
        self._killed, process = self._running.pop(0)
        process.kill()
        process.wait()

    def bring_back(self) -> None:
        self.start(self._killed)

    def stop(self) -> None:
        while self._running:
            self.kill()


def main(rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder)) as stack,
        sync_playwright() as playwright,
    ):
        world = World(stack, launch(playwright))
        walk_in(world)
        print(f"{'asked':>8}{'pictures':>10}{'process ready':>16}", file=sys.stderr)
        meeting = world.meet(cast.ANA)
        alone = [after_a_start(stack, meeting) for _ in range(rounds)]
        beside = beside_another(stack, meeting, rounds)
        meeting.end()
        world.browser.close()
    report(alone, beside)


def after_a_start(stack: Stack, meeting: Meeting) -> Recovery:
    """There is no other relay process."""

    def kill() -> None:
        stack.kill("relay")
        stack.restart("relay")

    return recovery(meeting, kill)


def beside_another(stack: Stack, meeting: Meeting, rounds: int) -> list[Recovery]:
    """The killed process comes back only when the call has long been on the other."""
    pair = Pair(stack)
    pair.start(1)
    stack.kill("relay")
    meeting.everybody_sees_and_hears_everybody(seconds=30)
    pair.start(0)
    found = []
    try:
        for _ in range(rounds):
            found.append(recovery(meeting, pair.kill))
            pair.bring_back()
    finally:
        pair.stop()
    stack.start_one("relay")
    meeting.everybody_sees_and_hears_everybody(seconds=30)
    return found


def recovery(meeting: Meeting, kill: Callable[[], None]) -> Recovery:
    meeting.everybody_sees_and_hears_everybody()
    pages = [room.page for room in meeting.rooms.values()]
    pages[0].wait_for_timeout(1000 * SETTLE_SECONDS)
    killed_at = time.time()
    for page in pages:
        page.evaluate(NOTE_PICTURE, 1000 * killed_at)
    kill()
    ready_at = time.time()
    found = Recovery(
        asked=max(room.asked_anew_at(killed_at) for room in meeting.rooms.values()) - killed_at,
        pictures=max(page.evaluate("window.pictureAt") / 1000 for page in pages) - killed_at,
        process_ready=ready_at - killed_at,
    )
    print(found, file=sys.stderr, flush=True)
    return found


def report(alone: list[Recovery], beside: list[Recovery]) -> None:
    told: dict[str, float] = {"rounds": len(alone), "aim_seconds": AIM_SECONDS}
    for name, found in (("beside_another", beside), ("after_a_start", alone)):
        told[f"{name}_asked_median"] = median_of(each.asked for each in found)
        told[f"{name}_pictures_median"] = median_of(each.pictures for each in found)
        told[f"{name}_pictures_longest"] = round(max(each.pictures for each in found), 2)
    told["process_ready_median"] = median_of(each.process_ready for each in alone)
    print(json.dumps(told))


def median_of(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    main(parser.parse_args().rounds)
