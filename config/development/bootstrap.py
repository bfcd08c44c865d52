"""`make run` on a machine that has only Python and make: prepares everything, then quickstart.

Standard library only; the first lines must also run on a Python that is too old, to say so.
"""

import os
import shutil
import sys

OLDEST_PYTHON = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def use_new_enough_python() -> None:
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, "-m", "config.development.bootstrap", *sys.argv[1:]])
    sys.exit("Install Python 3.11 or newer: this one is " + sys.version.split()[0] + ".")


use_new_enough_python()

import errno  # noqa: E402
import socket  # noqa: E402

from config.development import toolchain  # noqa: E402
from config.development.progress import Stop, leave, say  # noqa: E402

TARGETS = {
    "run": ("manage.py", "quickstart"),
    "stack": ("-m", "config.development.stack"),
    "test": ("-m", "config.development.suite", "test"),
    "check": ("-m", "config.development.suite", "check"),
    "bench": ("-m", "config.development.suite", "bench"),
    "fuzz": ("-m", "config.development.suite", "fuzz"),
    "words": ("-m", "config.development.catalogues"),
    "bundle-hashes": ("-m", "config.development.bundle"),
    "tools": ("-c", "print('The tools are ready.')"),
}


def main(arguments: list[str]) -> None:
    """`run` starts Quietroom; the others prepare the development tools and go on with one."""
    command, *rest = arguments or ["run"]
    if command not in TARGETS:
        sys.exit("usage: python3 -m config.development.bootstrap " + " | ".join(TARGETS))
    try:
        if command == "run":
            refuse_taken_ports()
        prepare("requirements.lock" if command == "run" else "requirements-dev.lock")
    except Stop as reason:
        leave(reason)
    except KeyboardInterrupt:
        leave("It was stopped before it was ready.")
    go_on([*TARGETS[command], *rest])


def prepare(lock: str) -> None:
    toolchain.make_venv()
    toolchain.install_packages(lock)
    toolchain.build_frontend()


def refuse_taken_ports() -> None:
    """Before minutes are spent on installing. RELAY_PORT is UDP."""
    for name, default, kind in (
        ("PORT", "8000", socket.SOCK_STREAM),
        ("RELAY_PORT", "5004", socket.SOCK_DGRAM),
    ):
        text = os.environ.get(name) or default
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise Stop(f"{name} must be a number from 1 to 65535.")
        refuse_taken(name, int(text), kind)


def refuse_taken(name: str, port: int, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Stop(f"Port {port} needs more rights: choose {name} above 1023.") from error
            raise Stop(
                f"Port {port} is taken: stop what uses it, "
                f"or choose another one: make run {name}={port + 1}."
            ) from error


def go_on(arguments: list[str]) -> None:
    """Becomes the virtual environment's Python: signals and exit code need no relay."""
    python = str(toolchain.python_in_venv())
    environment = os.environ | {"PATH": toolchain.search_path()}
    say("Everything is installed")
    sys.stdout.flush()
    os.chdir(toolchain.ROOT)
    os.execve(python, [python, *arguments], environment)


if __name__ == "__main__":
    main(sys.argv[1:])
