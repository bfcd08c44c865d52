"""`make test` and `make check`: independent steps two at a time, then one closing line.

The exit code is not zero when anything failed. The output of a failed step is printed in full.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path

from config.development import machine
from config.development.progress import Stop, leave, say
from config.development.steps import (
    RESULTS,
    Count,
    Step,
    browser_tests,
    checks,
    environment_of,
    tests,
)
from config.development.toolchain import ROOT, install_modules, search_path

AT_ONCE = 2
PROGRESS_SECONDS = 30


def main(arguments: list[str]) -> None:
    what, *rest = arguments or ["test"]
    os.chdir(ROOT)
    RESULTS.mkdir(exist_ok=True)
    try:
        install_modules()
        if what != "check":
            machine.provide_redis()
            machine.provide_coturn()
            machine.provide_chromium()
            machine.provide_firefox()
            machine.provide_go()
            machine.provide_compiler()
    except Stop as reason:
        leave(reason)
    sys.exit(RUNS[what](rest))


def run_checks(rest: list[str]) -> int:
    return close(run_together(checks()))


def run_tests(rest: list[str]) -> int:
    total = run_together([*tests(), *checks()])
    return close(total + run_step(browser_tests()))


def run_together(steps: list[Step]) -> Count:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(run_step, steps), Count(0, 0))


def run_step(step: Step) -> Count:
    say(f"{step.name} …")
    started = time.monotonic()
    log = RESULTS / f"{step.word}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            step.command,
            cwd=step.folder,
            env=environment_of(step, search_path()),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        wait_aloud(step, process, log)
    counted = step.result(process.returncode)
    took = time.monotonic() - started
    if counted.failed:
        print(f"\n{log.read_text(errors='replace').rstrip()}\n", flush=True)
    words = "FAILED" if counted.failed else "ok"
    say(f"{step.name}: {words}, {counted.passed} passed, {counted.failed} failed ({took:.0f} s)")
    return counted


def wait_aloud(step: Step, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Says every half minute how far a long step has come."""
    while True:
        try:
            process.wait(PROGRESS_SECONDS)
            return
        except subprocess.TimeoutExpired:
            lines = log.read_text(errors="replace").rstrip().splitlines()
            say(f"  {step.name}: {lines[-1].strip()[-40:] if lines else 'at work'}")


def close(total: Count) -> int:
    print(f"\n{total.passed} passed, {total.failed} failed", flush=True)
    return int(total.failed > 0 or total.passed == 0)


def run_benches(rest: list[str]) -> int:
    """Each bench prints its table and ends with one JSON line. One at a time: they measure.

    Words before the first option name the benches; from there on they are every bench's options.
    """
    names = list(takewhile(lambda word: not word.startswith("-"), rest))
    options = rest[len(names) :]
    names = names or sorted(path.stem for path in Path("bench").glob("[a-z]*.py"))
    codes = [subprocess.call([sys.executable, "-m", f"bench.{name}", *options]) for name in names]
    return int(any(codes))


def run_fuzz(rest: list[str]) -> int:
    """N packets to the compiled engine, then the tests that make their own bad input, for a time.

    The engine is compiled with bounds checks; the tests run over and over with new examples.
    """
    minutes, packets = float(rest[0]), rest[1]
    played = [sys.executable, "-m", "tests.media_relay.fuzz_engine", packets]
    if code := subprocess.call(played):
        return code
    files = [
        path for path in Path("tests").rglob("test_*.py") if "from hypothesis" in path.read_text()
    ]
    command = [sys.executable, "-m", "pytest", "--timeout=0", *map(str, files)]
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        if code := subprocess.call(command, env=os.environ | {"HYPOTHESIS_PROFILE": "fuzz"}):
            return code
    return 0


RUNS = {"test": run_tests, "check": run_checks, "bench": run_benches, "fuzz": run_fuzz}


if __name__ == "__main__":
    main(sys.argv[1:])
