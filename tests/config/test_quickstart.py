"""The demo from its command line: ready, signed in to, stopped, and started again."""

import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from config.development.home import own_addresses
from tests.demo import ROOT, Demo, running_demo

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

pytestmark = pytest.mark.timeout(300)


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
    with running_demo() as demo:
        yield demo


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
