"""What every server under load has in common: processes, and rooms that members join."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.relay_load.native import Load

TICKS = os.sysconf("SC_CLK_TCK")
# Unusual on purpose: nothing depends on browsers' habits.
VIDEO_TYPE, RTX_TYPE, AUDIO_TYPE = 96, 97, 111


@dataclass(frozen=True, slots=True)
class Shape:
    """So many rooms of so many members; everybody sends and watches all others."""

    rooms: int
    members: int

    @classmethod
    def read(cls, text: str) -> "Shape":
        rooms, members = text.split("x")
        return cls(int(rooms), int(members))

    def __str__(self) -> str:
        return f"{self.rooms}x{self.members}"

    @property
    def seats(self) -> int:
        return self.rooms * self.members


class Server(Protocol):
    """`start`, `join`, then load; `stop` is idempotent."""

    name: str

    async def start(self) -> None: ...

    async def join(self, load: Load, shape: Shape, *, first_room: int = 0) -> None:
        """Every member's handshake; media may flow afterwards."""
        ...

    async def renew(self) -> None:
        """What a long call must renew, every 20 s."""
        ...

    @property
    def pids(self) -> list[int]: ...

    async def stop(self) -> None: ...


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of all threads of these processes, by the scheduler's own count."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_kib(pids: list[int]) -> int:
    """Resident memory, the shared part counted by share (PSS)."""
    return sum(_pss(pid) for pid in pids)


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def end(process: "subprocess.Popen[str] | None", seconds: float = 10) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
