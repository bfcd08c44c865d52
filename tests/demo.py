"""`manage.py quickstart` in a folder of its own, as a person's terminal sees it."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.development.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 100


class Demo:
    """Ports and folder stay over a restart."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.origin = f"http://localhost:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = kept | {
            "QUIETROOM_HOME": str(home),
            "PORT": str(self.port),
            "RELAY_PORT": str(free_port(socket.SOCK_DGRAM)),
            "RELAY_ENGINE": "reference",
        }
        self.said = ""

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "quickstart"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.said = self._read_until("Ctrl-C stops everything.")

    def stop(self) -> str:
        """As Ctrl-C does; what it says on the way."""
        self.process.send_signal(signal.SIGINT)
        last, _ = self.process.communicate(timeout=60)
        return last.decode()

    def run(self, *arguments: str) -> str:
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.strip()

    def password_of(self, name: str) -> str:
        found = re.search(rf"{name}@example\.org\s+(\S+)", self.said)
        assert found, self.said
        return found.group(1)

    def passphrase(self) -> str:
        found = re.search(r"^Passphrase of Thea's group: (\S+)", self.said, re.MULTILINE)
        assert found, self.said
        return found.group(1)

    def _read_until(self, last: str) -> str:
        assert self.process.stdout is not None
        said, deadline = b"", time.monotonic() + START_SECONDS
        while last.encode() not in said and time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 1)[0]:
                part = os.read(self.process.stdout.fileno(), 65536)
                assert part, said.decode()
                said += part
        return said.decode()


@contextmanager
def running_demo() -> Iterator[Demo]:
    home = Path(tempfile.mkdtemp(prefix="quietroom-"))
    home.chmod(0o711)
    demo = Demo(home)
    demo.start()
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop()
        shutil.rmtree(home)
