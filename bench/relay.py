"""The relay against Debian's Janus videoroom: what a forwarded packet costs, and what it suffers.

`python -m bench.relay` puts the same load (real ICE, DTLS-SRTP with AES-128-GCM, 250 video and 50
audio packets a second from everybody to everybody) on each server in turn. Figures of different
runs of this program MUST NOT be compared: only servers that took turns. For a try on a busy
machine: `--seconds 5 --rounds 1 --only 2x8`. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from bench.relay_load import report
from bench.relay_load.cache import CannotMeasure
from bench.relay_load.interpreter import relay_python
from bench.relay_load.janus import Janus
from bench.relay_load.janus_install import provide_janus, provide_libsrtp
from bench.relay_load.measure import Run, in_turns, one_run, serving, stretch
from bench.relay_load.quietroom import Quietroom
from bench.relay_load.server import Server, Shape

SHAPES = ("1x4", "2x8", "1x16")
COMPARED = "2x8"
STOCK, TUNED = "janus", "janus tuned"
# More rooms than this were never carried by one core.
MAX_ROOMS = 24
ROOMS_AT_ONCE = {"reference": 1, "fast": 2}
# One process against two: with little to do, and with as much as somebody starts a second for.
SPLIT_SHAPES = {"fast": ("2x8", "8x8"), "reference": ("2x8",)}
SPLIT_AIM = "8x8"
# Short stretches, many of them.
TURNS_A_ROUND = 8
TURN_SECONDS = 2.0
# Above this share of a core the load itself, not the server, may be what is late.
LOAD_LIMIT = 0.9
SERVER_LIMIT = 0.97

Make = Callable[[], Server]
# For each engine and shape the runs of one process and of two, turn by turn.
Splits = dict[str, dict[str, list[list[Run]]]]


@dataclass(frozen=True, slots=True)
class Options:
    seconds: float
    rounds: int
    only: tuple[str, ...]
    engines: tuple[str, ...]
    results: Path | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """Rooms of eight on one process: measured without loss, and what one core would carry."""

    engine: str
    measured: int
    extrapolated: float
    runs: list[Run]

    @property
    def rooms(self) -> float:
        """The measured number where the process itself was the limit."""
        is_limit = bool(self.runs) and self.runs[-1].cores > SERVER_LIMIT
        return self.measured if is_limit else round(self.extrapolated, 1)


async def main(options: Options) -> int:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(64))
    with tempfile.TemporaryDirectory(prefix="quietroom-bench-") as folder:
        makers = servers(Path(folder), options.engines)
        say(f"load average before: {os.getloadavg()[0]:.2f}")
        runs = await compare(makers, options)
        engines = [name for name in makers if name in options.engines and COMPARED in options.only]
        splits = {name: await split(name, Path(folder), options) for name in engines}
        capacities = [await capacity(name, makers[name], options) for name in engines]
    show(runs, splits, capacities)
    found = figures(runs, splits, capacities)
    if options.results is not None:
        results = raw(runs, splits, capacities, found)
        options.results.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(found))
    return 0 if runs else 1


def servers(folder: Path, engines: tuple[str, ...]) -> dict[str, Make]:
    """What can be measured here; each absence is said."""
    makers: dict[str, Make] = {}
    for engine in engines:
        if engine == "fast" and find_spec("numba") is None:
            say("skipped: the fast engine needs numba (requirements-fast.lock)")
            continue
        makers[engine] = partial(Quietroom, folder, engine)
    try:
        say(provide_janus())
        makers[STOCK] = partial(Janus, folder)
        makers[TUNED] = partial(Janus, folder, event_loops=2, libsrtp=provide_libsrtp())
    except CannotMeasure as reason:
        say(f"skipped: {reason}")
    return makers


async def compare(makers: dict[str, Make], options: Options) -> list[Run]:
    """Round by round every server in turn, so that a slow minute of the machine hits all."""
    runs: list[Run] = []
    for number in range(1, options.rounds + 1):
        for shape in options.only:
            for make in makers.values():
                run = await one_run(make, Shape.read(shape), options.seconds)
                runs.append(run)
                say(f"{number}/{options.rounds} {report.line([run])}")
    return runs


async def split(engine: str, folder: Path, options: Options) -> dict[str, list[list[Run]]]:
    """The same rooms on one process and, in turns with it, on two."""
    return {shape: await _split(engine, shape, folder, options) for shape in SPLIT_SHAPES[engine]}


async def _split(engine: str, shape: str, folder: Path, options: Options) -> list[list[Run]]:
    homes = [folder / f"{engine}-{shape}-by-{count}" for count in (1, 2)]
    for home in homes:
        home.mkdir()
    makes = [
        partial(Quietroom, home, engine, processes=count)
        for count, home in enumerate(homes, start=1)
    ]
    turns, seconds = TURNS_A_ROUND * options.rounds, min(TURN_SECONDS, options.seconds)
    runs = await in_turns(makes, Shape.read(shape), seconds, turns)
    for each in runs:
        say(f"turns   {report.line(each)}")
    return runs


async def capacity(engine: str, make: Make, options: Options) -> Capacity:
    """One room after another on one process, until packets are lost or the load is at its end."""
    clean: Run | None = None
    rooms = measured = 0
    runs: list[Run] = []
    async with serving(make) as (server, load):
        while rooms < MAX_ROOMS:
            step = ROOMS_AT_ONCE.get(engine, 1)
            await server.join(load, Shape(step, 8), first_room=rooms)
            rooms += step
            run = await stretch(server, load, Shape(rooms, 8), options.seconds)
            runs.append(run)
            say(f"rooms   {report.line([run])}")
            if not run.is_whole:
                break
            clean, measured = run, rooms
            if run.load_cores > LOAD_LIMIT or run.cores > SERVER_LIMIT:
                break
    extrapolated = measured / clean.cores if clean is not None else 0.0
    return Capacity(engine, measured, extrapolated, runs)


def show(runs: list[Run], splits: Splits, capacities: list[Capacity]) -> None:
    print(f"\n{report.HEAD}")
    for shape in SHAPES:
        for system in dict.fromkeys(run.system for run in runs if run.shape == shape):
            print(report.line(report.of(runs, system, shape)))
    for engine, shapes in splits.items():
        for one, two in shapes.values():
            turns = f"{report.line(one)}\n{report.line(two)}"
            print(f"\n{engine}: one process and two in turns\n{turns}")
    for name in dict.fromkeys(run.system for run in runs):
        held = report.memory(runs, name)
        if held is not None:
            print(
                f"{name}: {held.seat} KiB for a seat, {held.room_of_8} KiB for a room of 8, seated"
            )
    for each in capacities:
        print(
            f"{each.engine}: {each.measured} rooms of 8 on one process without loss (measured), "
            f"{each.extrapolated:.1f} on a whole core (extrapolated)"
        )


def figures(runs: list[Run], splits: Splits, capacities: list[Capacity]) -> dict[str, object]:
    found: dict[str, object] = {}
    for engine in ("fast", "reference"):
        found[f"{engine}_vs_janus"] = report.ratio(runs, engine, STOCK, COMPARED)
        found[f"{engine}_vs_janus_tuned"] = report.ratio(runs, engine, TUNED, COMPARED)
    ours = [run for run in runs if not run.system.startswith(STOCK)]
    pairs = [pair for shapes in splits.values() for pair in shapes.values()]
    ours += [run for pair in pairs for each in pair for run in each]
    ours += [run for each in capacities for run in each.runs]
    found["corrupt"] = sum(run.corrupt for run in ours)
    best = next((each for each in capacities), None)
    found["rooms_of_8_per_core"] = best.rooms if best else None
    found["rooms_of_8_measured"] = best.measured if best else None
    engine = best.engine if best else ""
    found["two_process_cost_load"] = SPLIT_AIM
    found["two_process_cost_ratio"] = None
    for shape, pair in splits.get(engine, {}).items():
        costs = report.ratios(*pair)
        if shape == SPLIT_AIM:
            found["two_process_cost_ratio"] = report.middle(costs)
        found[f"two_process_cost_ratio_{shape}"] = report.middle(costs)
        found[f"two_process_cost_spread_{shape}"] = report.quartiles(costs)
    held = report.memory(runs, engine)
    found["kib_per_seat"] = held.seat if held else None
    found["kib_per_room_of_8"] = held.room_of_8 if held else None
    return found


def raw(
    runs: list[Run], splits: Splits, capacities: list[Capacity], found: dict[str, object]
) -> dict[str, object]:
    return {
        "machine": machine(),
        "runs": [asdict(run) for run in runs],
        "one_and_two_processes": {
            engine: {
                shape: [[asdict(run) for run in each] for each in pair]
                for shape, pair in shapes.items()
            }
            for engine, shapes in splits.items()
        },
        "rooms": {each.engine: [asdict(run) for run in each.runs] for each in capacities},
        "figures": found,
    }


def machine() -> dict[str, object]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "processors": os.cpu_count(),
        "kernel": platform.release(),
        "python": relay_python().description,
        "versions": {name: version(name) for name in ("pylibsrtp", "numba", "llvmlite", "aiortc")},
        "janus": janus_version(),
        "load_average": os.getloadavg(),
    }


def janus_version() -> str | None:
    try:
        return provide_janus()
    except CannotMeasure:
        return None


def version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def options_from(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench.relay", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="for each measured run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=SHAPES, choices=SHAPES)
    parser.add_argument("--engines", nargs="+", default=("fast", "reference"))
    parser.add_argument("--results", type=Path, help="write every run as JSON to this file")
    given = parser.parse_args(arguments)
    return Options(**vars(given) | {"only": tuple(given.only), "engines": tuple(given.engines)})


if __name__ == "__main__":
    sys.exit(asyncio.run(main(options_from(sys.argv[1:]))))
