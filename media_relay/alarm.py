"""A time to come, for which an event loop can wait as for a socket (timerfd_create(2), Linux)."""

import ctypes
import os
import time

_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC
_NANOSECONDS = 10**9
_libc = ctypes.CDLL(None, use_errno=True)


class _Spec(ctypes.Structure):
    """struct itimerspec: an interval, not used, then the time until it is due; 0 is never."""

    _fields_ = [
        (name, ctypes.c_long)
        for name in ("every_seconds", "every_nanoseconds", "seconds", "nanoseconds")
    ]


class Alarm:
    """Readable once it is due, until it is set anew or cleared. OSError if the kernel has none."""

    def __init__(self) -> None:
        self._descriptor = _checked(_libc.timerfd_create(time.CLOCK_MONOTONIC, _FLAGS))

    def fileno(self) -> int:
        return self._descriptor

    def set(self, seconds: float) -> None:
        """Due so long from now, at once if that is over."""
        self._set(max(1, round(seconds * _NANOSECONDS)))

    def clear(self) -> None:
        """Never due."""
        self._set(0)

    def close(self) -> None:
        os.close(self._descriptor)

    def _set(self, nanoseconds: int) -> None:
        spec = _Spec(0, 0, *divmod(nanoseconds, _NANOSECONDS))
        _checked(_libc.timerfd_settime(self._descriptor, 0, ctypes.byref(spec), None))


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
