"""What somebody who owns the server could find there: database, Redis, logs, process memory."""

import subprocess
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from redis import Redis

from config.development.stack import Stack
from tests.databases import pg_dump

CHUNK = 1 << 22
# What lies across two pieces is read twice.
OVERLAP = 512
# The processes through which what people say and show travels.
CARRIERS = ("web", "relay")
Found = dict[str, set[str]]


def found_on_the_server(stack: Stack, sought: Mapping[str, bytes]) -> Found:
    """For each place, the names of what is in it: as it is, in base64, or as a dump shows it."""
    shapes = {name: [value, b64encode(value)] for name, value in sought.items()}
    in_hex = {name: [*tried, sought[name].hex().encode()] for name, tried in shapes.items()}
    with Redis.from_url(stack.redis_url) as redis:
        carriers = {name: stack.pid(name) for name in CARRIERS}
        carriers["redis"] = redis.info("server")["process_id"]
        return {
            "database": _named([_dump(stack)], in_hex),
            "values of Redis": _named(_values(redis), in_hex),
            "logs": _named((stack.log(name).encode() for name in stack.running), in_hex),
            **{
                f"memory of {name}": _named(memory_of(pid), shapes)
                for name, pid in carriers.items()
            },
        }


def memory_of(pid: int) -> Iterator[bytes]:
    """Every page that a process can write to, piece by piece."""
    process = Path("/proc") / str(pid)
    with (process / "mem").open("rb", buffering=0) as memory:
        for start, end in _spans((process / "maps").read_text()):
            for at in range(start, end, CHUNK):
                # A mapping may go while it is read, and some are not for reading.
                with suppress(OSError, ValueError):
                    memory.seek(at)
                    yield memory.read(min(CHUNK + OVERLAP, end - at))


def _spans(maps: str) -> Iterator[tuple[int, int]]:
    for line in maps.splitlines():
        span, rights, *_ = line.split()
        if rights.startswith("rw"):
            start, end = span.split("-")
            yield int(start, 16), int(end, 16)


def _named(parts: Iterable[bytes], shapes: Mapping[str, list[bytes]]) -> set[str]:
    found: set[str] = set()
    for part in parts:
        left = {name: tried for name, tried in shapes.items() if name not in found}
        found |= {name for name, tried in left.items() if any(shape in part for shape in tried)}
    return found


def _dump(stack: Stack) -> bytes:
    command = [str(pg_dump()), "--format=plain", "--dbname", stack.database_url()]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _values(redis: Redis) -> Iterator[bytes]:
    """Keys and values; what Redis would write compressed could not be searched."""
    redis.config_set("rdbcompression", "no")
    for key in redis.scan_iter():
        yield key + b"\n" + (redis.dump(key) or b"")
