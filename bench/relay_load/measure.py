"""One run: a fresh server, members join, a warm-up, a measured stretch."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from bench.relay_load.native import Load, Result
from bench.relay_load.server import Server, Shape, cpu_seconds, memory_kib
from media_relay.tasks import end

# A server that feels its way to what a line carries does so before it is measured.
WARM_UP_SECONDS = 2
# In turns the server has been through that before.
TURN_WARM_UP_SECONDS = 1
LONGEST_WARM_UP_SECONDS = 25
CONSENT_SECONDS = 4.0
RENEWALS_EACH = 5
# With less than this the server did another job than the others.
WHOLE = 0.995


@dataclass(frozen=True, slots=True)
class Run:
    """What one stretch cost the server and did to the packets. CPU is that of all threads."""

    system: str
    shape: str
    microseconds_per_packet: float
    cores: float
    forwarded: int
    lost: int
    corrupt: int
    duplicates: int
    late: int
    median_ms: float
    p99_ms: float
    idle_kib: int
    loaded_kib: int
    load_cores: float

    @property
    def packets_per_cpu_second(self) -> float:
        return 1e6 / self.microseconds_per_packet if self.microseconds_per_packet else 0.0

    @property
    def lost_share(self) -> float:
        return self.lost / max(1, self.lost + self.forwarded)

    @property
    def is_whole(self) -> bool:
        """Nothing damaged, and so little lost that the work is comparable."""
        return not self.corrupt and self.lost_share <= 1 - WHOLE


@asynccontextmanager
async def serving(make: Callable[[], Server]) -> AsyncIterator[tuple[Server, Load]]:
    """A started server and a load without members."""
    server, load = make(), Load()
    try:
        await server.start()
        yield server, load
    finally:
        load.close()
        await server.stop()


async def one_run(make: Callable[[], Server], shape: Shape, seconds: float) -> Run:
    async with serving(make) as (server, load):
        idle_kib = memory_kib(server.pids)
        await server.join(load, shape)
        return await stretch(server, load, shape, seconds, idle_kib)


async def in_turns(
    makes: Sequence[Callable[[], Server]], shape: Shape, seconds: float, turns: int
) -> list[list[Run]]:
    """The same load on each of a few servers again and again, while the others stay joined.

    Servers that differ by a tenth are told apart so: between two stretches lie seconds, not the
    start of a server and its members' arrival. Every second turn goes the other way round.
    """
    runs: list[list[Run]] = [[] for _ in makes]
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(serving(make)) for make in makes]
        for server, load in sides:
            await server.join(load, shape)
            # Also while it is not its turn, which may last longer than a consent.
            await stack.enter_async_context(_kept_alive(server, load))
        order = list(zip(sides, runs, strict=True))
        for _ in range(turns):
            for (server, load), found in order:
                found.append(await _turn(server, load, shape, seconds, TURN_WARM_UP_SECONDS))
            order.reverse()
    return runs


async def stretch(
    server: Server, load: Load, shape: Shape, seconds: float, idle_kib: int = 0
) -> Run:
    """Warm up and measure with the members who have joined so far."""
    async with _kept_alive(server, load):
        run = await _turn(server, load, shape, seconds, WARM_UP_SECONDS)
    return replace(run, idle_kib=idle_kib)


async def _turn(
    server: Server, load: Load, shape: Shape, seconds: float, warm_up_seconds: int
) -> Run:
    await _warm_up(load, warm_up_seconds)
    before = cpu_seconds(server.pids)
    result = await asyncio.to_thread(load.run, seconds, waits=True)
    return _run(server, shape, result, cpu_seconds(server.pids) - before)


async def _warm_up(load: Load, shortest: int) -> None:
    for second in range(1, LONGEST_WARM_UP_SECONDS + 1):
        result = await asyncio.to_thread(load.run, 1.0, waits=False)
        if second >= shortest and result.delivered >= WHOLE * result.expected:
            return


@asynccontextmanager
async def _kept_alive(server: Server, load: Load) -> AsyncIterator[None]:
    async def renew() -> None:
        while True:
            await server.renew()
            for _ in range(RENEWALS_EACH):
                load.renew_consent()
                await asyncio.sleep(CONSENT_SECONDS)

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        await end([task])


def _run(server: Server, shape: Shape, result: Result, used: float) -> Run:
    return Run(
        system=server.name,
        shape=str(shape),
        microseconds_per_packet=used / max(1, result.delivered) * 1e6,
        cores=used / result.seconds,
        forwarded=result.delivered,
        lost=result.expected - result.delivered,
        corrupt=result.corrupt + result.unreadable,
        duplicates=result.duplicates,
        late=result.late,
        median_ms=result.median_ms,
        p99_ms=result.p99_ms,
        idle_kib=0,
        loaded_kib=memory_kib(server.pids),
        load_cores=result.own_cpu_s / result.seconds,
    )
