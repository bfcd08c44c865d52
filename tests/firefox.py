"""Debian's own Firefox, driven over WebDriver BiDi: Playwright drives only a patched one."""

import itertools
import json
import re
import signal
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from config.development import machine
from config.development.servers import die_with_parent

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
START_SECONDS = 60.0
ANSWER_SECONDS = 40.0
# Fake devices and no questions; no traffic of its own; nothing that throttles a hidden window.
PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "dom.min_background_timeout_value": 10,
    "dom.timeout.enable_budget_timer_throttling": False,
}


@contextmanager
def firefox(profile: Path) -> "Iterator[Firefox]":
    """A browser in a profile of its own."""
    profile.mkdir(parents=True, exist_ok=True)
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines) + "\n")
    log, program = profile / "log", machine.firefox()
    assert program is not None, "Firefox is not installed"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(program, "--headless", "--no-remote", "--profile", str(profile)),
                *("--remote-debugging-port", "0"),
            ],
            stdout=output,
            stderr=output,
            preexec_fn=partial(die_with_parent, signal.SIGKILL),  # noqa: PLW1509  # one call
        )
    with process:
        try:
            with connect(f"{_address(log)}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.kill()


class Firefox:
    """One command at a time; what Firefox says unasked is not listened to."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.call("session.new", capabilities={})

    def page(self) -> "Page":
        """A new tab."""
        return Page(self, self.call("browsingContext.create", type="tab")["context"])

    def set_cookie(self, name: str, value: str, domain: str) -> None:
        cookie = {"name": name, "value": {"type": "string", "value": value}, "domain": domain}
        self.call("storage.setCookie", cookie={**cookie, "httpOnly": True, "path": "/"})

    def call(self, method: str, **parameters: Any) -> Any:
        """One command; AssertionError with Firefox's own words when it fails."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            reply = json.loads(self._socket.recv(timeout=ANSWER_SECONDS))
            if reply.get("id") == number:
                assert reply["type"] == "success", f"{method}: {reply.get('message')}"
                return reply["result"]


class Page:
    """One tab."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self._browser = browser
        self._context = context

    def go(self, url: str) -> None:
        self._browser.call(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    def evaluate(self, expression: str) -> Any:
        """The value of an expression or promise, as far as JSON can say it."""
        answer = self._browser.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
            resultOwnership="none",
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def add_script(self, text: str) -> None:
        """Runs in the page as a script of its own would."""
        self.evaluate(f"(0, eval)({json.dumps(text)})")

    def picture(self) -> bytes:
        """A PNG of what the tab shows."""
        shot = self._browser.call("browsingContext.captureScreenshot", context=self._context)
        return b64decode(shot["data"])


def _address(log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        match = LISTENING.search(log.read_text(errors="replace"))
        if match:
            return match[1]
        time.sleep(0.05)
    raise AssertionError("Firefox did not start")
