"""How the engine's functions are compiled, and where the compiled code is kept.

Numba keeps compiled code in files that it trusts: whoever could write them could run code in
the relay. So the directory MUST be our own and closed to everybody else. Numba looks only at
a function's own file to see whether it is fresh, but compiles constants of others into it: the
directory's name covers all that they come from.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, cast

import numba

# Without counting references: nothing here makes an array, so nothing can be freed too soon.
# With numpy's error model a division by zero gives no exception, which would cost a branch.
_OPTIONS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
# Its stubs leave out options that it has.
_njit: Any = numba.njit
_configuration: Any = numba.config
_Function = TypeVar("_Function", bound=Callable[..., Any])

# Those that compile, and those whose numbers and layouts are compiled in.
_LIBRARIES = ("llvmlite", "numba", "numpy", "pylibsrtp")


def keep_in(cache: str) -> None:
    """Keep compiled code under this directory; OSError if it cannot be ours alone.

    MUST be called before any module with an entry is imported.
    """
    parent = os.path.expanduser(cache)
    chosen = os.path.join(parent, version_of(files("media_relay")))
    os.makedirs(parent, mode=0o700, exist_ok=True)
    os.makedirs(chosen, mode=0o700, exist_ok=True)
    for directory in (parent, chosen):
        found = os.lstat(directory)
        is_closed = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or not is_closed:
            raise PermissionError("relay.cache_not_ours")
    _configuration.CACHE_DIR = chosen


def is_kept() -> bool:
    """True if an earlier start has left compiled code."""
    directory = _configuration.CACHE_DIR
    return bool(directory) and any(names for _, _, names in os.walk(directory))


def version_of(package: Traversable) -> str:
    """Changes with every source in it, with its place, and with the libraries."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for source in _sources(package):
        contents = source.read_bytes()
        # The whole path: numba keeps apart what lies in different places.
        digest.update(f"{source} {len(contents)}\n".encode() + contents)
    return digest.hexdigest()[:16]


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            yield from _sources(each)
        elif each.name.endswith(".py"):
            yield each


def compiled(function: _Function) -> _Function:
    """For calls from compiled code alone."""
    return cast(_Function, _njit(no_cpython_wrapper=True, **_OPTIONS)(function))


def entry(function: _Function) -> _Function:
    """For calls from Python: taken from an earlier start, or compiled at the first call."""
    return cast(_Function, _Entry(function))


class _Entry:
    """Goes straight to the compiled code after the first call.

    Numba would look at the type of every argument at every call, which costs as much as forwarding
    two packets. The arguments MUST have the types that they had at first: nobody checks.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._typed = _njit(cache=True, **_OPTIONS)(function)
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: object) -> object:
        if self._compiled is not None:
            return self._compiled(*arguments)
        result = self._typed(*arguments)
        (known,) = self._typed.overloads.values()
        self._compiled = known.entry_point
        return result
