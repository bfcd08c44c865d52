"""Production refuses what would make its promises untrue; the same settings made right pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.development.addresses import NOWHERE, addresses_beside
from config.development.keys import random_keys
from config.make_keys import fresh_keys
from config.refusals import command_of, is_development_key

ROOT = Path(__file__).resolve().parent.parent.parent
RIGHT = {
    **fresh_keys(),
    **addresses_beside(NOWHERE),
    "MODE": "production",
    "PUBLIC_URL": "https://quietroom.example.org",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "TRUSTED_PROXIES": "127.0.0.1",
    "MAIL_URL": "smtps://quietroom:nothing@127.0.0.1:1",
    "PATH": os.environ["PATH"],
}


def start(settings: dict[str, str], *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *(command or ("-c", "import config.asgi"))],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_right_settings_start() -> None:
    result = start(RIGHT)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"PUBLIC_URL": "http://quietroom.example.org"}, "PUBLIC_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"FIELD_KEY": ""}, "FIELD_KEY"),
        ({"FIELD_KEY": random_keys()["FIELD_KEY"]}, "FIELD_KEY"),
        ({"TICKET_SIGNING_KEY": random_keys()["TICKET_SIGNING_KEY"]}, "TICKET_SIGNING_KEY"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES"),
        ({"MAIL_URL": ""}, "MAIL_URL"),
        ({"MAIL_DIR": "/tmp/mail"}, "MAIL_DIR"),
    ],
)
def test_a_wrong_setting_stops_the_start(change: dict[str, str], named: str) -> None:
    result = start(RIGHT | change)
    assert result.returncode != 0
    assert f"- {named}" in result.stderr or f"- Set {named}" in result.stderr
    assert all(len(value) < 9 or value not in result.stderr for value in change.values())


def test_forgetting_the_mode_is_safe() -> None:
    settings = {**RIGHT, **random_keys()}
    del settings["MODE"]
    result = start(settings)
    assert "made for development" in result.stderr


def test_the_relay_starts_with_the_verifying_key_alone() -> None:
    """It gets past the refusals, to a Redis that does not answer."""
    given = ("MODE", "PATH", "TICKET_VERIFY_KEY", "REDIS_URL")
    settings = {name: RIGHT[name] for name in given} | {"RELAY_PORT": "0"}
    result = start(settings, "manage.py", "relay")
    assert "Redis cannot be reached" in result.stderr


@pytest.mark.parametrize("command", ["quickstart", "code", "mail"])
def test_production_refuses_the_demo(command: str) -> None:
    result = start(RIGHT, "manage.py", command)
    assert result.returncode != 0
    assert "unset MODE" in result.stderr


def test_every_development_key_is_recognised_and_no_real_one_is() -> None:
    made = random_keys()
    del made["TICKET_VERIFY_KEY"]
    assert all(is_development_key(value) for value in made.values())
    assert not any(is_development_key(value) for value in fresh_keys().values())
    assert is_development_key(f"{fresh_keys()['FIELD_KEY']},{made['FIELD_KEY']}")


def test_each_process_is_recognised() -> None:
    assert command_of(["manage.py", "relay"]) == "relay"
    assert command_of(["/opt/venv/bin/celery", "-A", "config.celery", "beat"]) == "beat"
    assert command_of(["celery", "-A", "config.celery", "inspect", "ping"]) == "worker"
    assert command_of(["/opt/venv/bin/uvicorn", "config.asgi:application"]) == ""
