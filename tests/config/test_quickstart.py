"""The demo from its command line: ready, signed in to, stopped, and started again."""

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
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from config.development.home import own_addresses
from config.development.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
START_SECONDS = 100

pytestmark = pytest.mark.timeout(300)


class Demo:
    """`manage.py quickstart` in a folder of its own, as a person's terminal sees it."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.origin = f"http://localhost:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = kept | {
            "QUIETROOM_HOME": str(home),
            "PORT": str(self.port),
            "RELAY_PORT": str(free_port(socket.SOCK_DGRAM)),
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

    def _read_until(self, last: str) -> str:
        assert self.process.stdout is not None
        said, deadline = b"", time.monotonic() + START_SECONDS
        while last.encode() not in said and time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 1)[0]:
                part = os.read(self.process.stdout.fileno(), 65536)
                assert part, said.decode()
                said += part
        return said.decode()


class Visitor:
    """A browser without scripts: pages, forms and cookies."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        handler = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)
        self.page = ""
        self.address = ""

    def get(self, path: str) -> str:
        return self._open(self.origin + path)

    def post(self, **fields: str) -> str:
        """The form of the page that is shown."""
        found = TOKEN.search(self.page)
        assert found, self.page
        fields["csrfmiddlewaretoken"] = found.group(1)
        return self._open(self.address, urlencode(fields).encode())

    def _open(self, address: str, body: bytes | None = None) -> str:
        with self.opener.open(address, body, timeout=20) as answer:
            self.page, self.address = answer.read().decode(), answer.url
        return self.page


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    home = Path(tempfile.mkdtemp(prefix="quietroom-"))
    home.chmod(0o711)
    demo = Demo(home)
    demo.start()
    yield demo
    if demo.process.poll() is None:
        demo.stop()
    shutil.rmtree(home)


def test_the_demo_can_be_used_stopped_and_started_again(demo: Demo) -> None:
    assert re.search(rf"^QUIETROOM READY {demo.origin}$", demo.said, re.MULTILINE), demo.said

    visitor = Visitor(demo.origin)
    visitor.get("/sign-in/")
    visitor.post(email="thea@example.org", password=demo.password_of("thea"))
    visitor.post(code=demo.run("code", "thea"))
    assert "Today" in visitor.page
    assert "/session/" in visitor.page

    invitation = re.search(r"/invitation/\S+", demo.said)
    assert invitation is not None
    assert invitation.group() in demo.run("mail")
    assert "csrfmiddlewaretoken" in Visitor(demo.origin).get(invitation.group())

    assert "Everything has stopped" in demo.stop()
    assert demo.process.returncode == 0
    refused = subprocess.run(
        [sys.executable, "manage.py", "code", "thea"],
        cwd=ROOT,
        env=demo.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Start Quietroom first" in refused.stderr

    before = demo.said
    demo.start()
    assert demo.password_of("thea") in before
    assert invitation.group() in demo.said


def test_nobody_from_another_machine_is_served(demo: Demo) -> None:
    for address in own_addresses():
        with socket.socket() as probe:
            probe.settimeout(2)
            is_served = probe.connect_ex((address, demo.port)) == 0
        assert is_served == (address == "127.0.0.1"), address
