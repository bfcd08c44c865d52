"""Chromium as every test and bench starts it: fake devices, no traffic of its own, no privilege."""

import os
from pathlib import Path
from typing import TypedDict

from config.development.machine import chromium

AS_OTHERS = Path(__file__).with_name("chromium-as-others")
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]


class Launch(TypedDict):
    """Arguments of Playwright's `launch`."""

    executable_path: str | Path | None
    args: list[str]
    env: dict[str, str | float | bool]


def how_to_launch() -> Launch:
    """The machine's Chromium if there is one, else Playwright's own."""
    found = chromium()
    environment: dict[str, str | float | bool] = {**os.environ}
    if found is None or os.geteuid() != 0:
        return Launch(executable_path=found, args=FLAGS, env=environment)
    return Launch(executable_path=AS_OTHERS, args=FLAGS, env=environment | {"CHROMIUM": found})
