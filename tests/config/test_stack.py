"""Containers and plain processes run the same commands with the same settings."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from config.development.processes import EVERY, Process
from config.development.stack import Stack
from config.make_keys import files

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STANDS_ON = {"postgres", "redis"}
EDGE = {"caddy", "coturn"}
PLACES = {"host": "0.0.0.0", "port": "8000", "state": "/tmp"}

each_process = pytest.mark.parametrize("process", EVERY, ids=lambda process: process.name)
each_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_both_lists_have_the_same_processes() -> None:
    assert {process.name for process in EVERY} == set(SERVICES) - STANDS_ON - EDGE


@each_process
def test_the_commands_are_equal(process: Process) -> None:
    assert SERVICES[process.name]["command"] == process.command_for(**PLACES)


@each_process
def test_the_settings_are_equal(process: Process) -> None:
    given = {name.removesuffix("_FILE") for name in SERVICES[process.name]["environment"]}
    assert given == process.settings


@each_process
def test_a_plain_process_is_given_no_other_secret(process: Process, tmp_path: Path) -> None:
    environment = Stack(tmp_path).environment(process.name)
    secrets = {name for name in environment if name.endswith(("KEY", "_URL", "SECRET"))}
    assert secrets - process.settings == set()


@each_process
def test_secrets_come_by_file(process: Process) -> None:
    service = SERVICES[process.name]
    paths = {
        name: value for name, value in service["environment"].items() if name.endswith("_FILE")
    }
    assert sorted(paths.values()) == sorted(f"/run/secrets/{name}" for name in service["secrets"])
    plain = set(service["environment"]) - set(paths)
    assert not {name for name in plain if name.endswith(("KEY", "SECRET"))}


def test_make_keys_writes_every_secret_and_no_other() -> None:
    assert set(files()) == set(COMPOSE["secrets"])


@each_service
def test_ports_stay_on_this_machine_by_default(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("${PUBLISH_ON:-127.0.0.1}:")


@each_service
def test_every_lasting_service_says_how_it_is(name: str) -> None:
    assert name == "release" or SERVICES[name]["healthcheck"]["test"]


@each_service
def test_nothing_may_gain_rights(name: str) -> None:
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_the_image_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert lines[-1] == "USER quietroom"
