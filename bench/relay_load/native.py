"""The C library that sends, receives and counts media; built into the bench's cache folder."""

import ctypes
import socket
from dataclasses import dataclass
from pathlib import Path

from bench.relay_load.cache import compiled

SOURCES = Path(__file__).parent / "native"
VIDEO, AUDIO = 0, 1


class Extensions(ctypes.Structure):
    """Header extensions of what is sent; id 0 leaves one out. `struct extensions` in load.h."""

    _fields_ = [
        ("transport_cc", ctypes.c_uint8),
        ("mid", ctypes.c_uint8),
        ("rid", ctypes.c_uint8),
        ("mid_text", ctypes.c_char * 4),
        ("rid_text", ctypes.c_char * 4),
    ]


class Result(ctypes.Structure):
    """`struct result` in load.h."""

    _fields_ = [
        *((name, ctypes.c_uint64) for name in ("sent", "expected", "delivered", "duplicates")),
        *((name, ctypes.c_uint64) for name in ("repaired", "corrupt", "unreadable", "late")),
        *((name, ctypes.c_uint64) for name in ("key_frame_requests", "nacks", "padding")),
        *((name, ctypes.c_double) for name in ("median_ms", "p99_ms", "seconds", "own_cpu_s")),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One connected socket, its SRTP session keys (ours first, see `load_add_line`), and the
    connectivity check that renews the server's consent."""

    socket: socket.socket
    keys: bytes
    check: bytes


class Load:
    """Members who send and watch. `run` holds the calling thread, not the interpreter."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(str(compiled("load.so", SOURCES, "-lcrypto")))
        self._library.load_new.restype = ctypes.c_void_p
        self._load = ctypes.c_void_p(self._library.load_new())
        self._lines: list[Line] = []

    def add(self, line: Line, room: int, member: int) -> int:
        self._lines.append(line)
        number: int = self._library.load_add_line(
            self._load, line.socket.fileno(), room, member, line.keys
        )
        assert number >= 0, "too many lines"
        return number

    def publish(
        self, line: int, kind: int, *, ssrc: int, payload_type: int, extensions: Extensions
    ) -> None:
        self._library.load_publish(
            self._load,
            line,
            kind,
            ctypes.c_uint32(ssrc),
            payload_type,
            ctypes.byref(extensions),
        )

    def watch(self, line: int, *, transport_cc: int = 0) -> None:
        self._library.load_watch(self._load, line, transport_cc)

    def run(self, seconds: float, *, waits: bool) -> Result:
        """What was sent in so many seconds, and came; `waits` for the last of it."""
        self._library.load_run(self._load, ctypes.c_double(seconds), int(waits))
        result = Result()
        self._library.load_result(self._load, ctypes.byref(result))
        return result

    def renew_consent(self) -> None:
        for line in self._lines:
            line.socket.send(line.check)

    def close(self) -> None:
        """Idempotent."""
        if self._load:
            self._library.load_free(self._load)
            self._load = ctypes.c_void_p()
        for line in self._lines:
            line.socket.close()
        self._lines.clear()
