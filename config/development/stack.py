"""`make stack`: the processes of docker-compose.yml as plain processes on this machine.

Real PostgreSQL and Redis; no TLS, so MODE is development and mail goes to files. Tests kill and
restart single processes by their id.
"""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType

from config.development.addresses import address_for, addresses_beside
from config.development.home import DATABASE, Home, create_database, own_addresses
from config.development.processes import EVERY, LASTING, RELEASE, Process
from config.development.progress import Stop, leave, say
from config.development.servers import (
    PostgresServer,
    RedisServer,
    ServerUnavailable,
    die_with_parent,
    free_port,
    home_for,
)
from config.development.toolchain import ROOT, STATE, VENV
from media_relay.engines import CACHE

READY_SECONDS = 60
STOP_SECONDS = 25
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
BY_NAME = {process.name: process for process in EVERY}


@dataclass(slots=True)
class Stack:
    """Use it as a context manager, or `start` and `stop` (idempotent) by hand.

    `fast` is for tests: the servers do not wait for the disk, and their data goes at the exit.
    """

    folder: Path
    port: int = 0
    relay_port: int = 0
    fast: bool = True
    home: Home = field(init=False)
    postgres: PostgresServer = field(init=False)
    redis: RedisServer = field(init=False)
    running: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    logged_before: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.home = Home.open(self.folder)
        servers = home_for(self.folder.resolve() / "servers")
        password = self.home.secrets["POSTGRES_PASSWORD"]
        self.postgres = PostgresServer(servers / "postgres", password, fast=self.fast)
        self.redis = RedisServer(servers / "redis")
        self.port = self.port or free_port()
        self.relay_port = self.relay_port or free_port()

    def __enter__(self) -> "Stack":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self.fast:
            shutil.rmtree(self.postgres.folder.parent, ignore_errors=True)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def mail_folder(self) -> Path:
        return self.folder.resolve() / "mail"

    @property
    def redis_url(self) -> str:
        return self.redis.url

    def database_url(self, role: str = "owner") -> str:
        owner_url = self.postgres.superuser_url(DATABASE)
        return owner_url if role == "owner" else address_for(owner_url, role)

    def start(self) -> None:
        try:
            self.postgres.start()
            self.redis.start()
        except ServerUnavailable as error:
            raise Stop(str(error)) from error
        create_database(self.postgres.superuser_url(), DATABASE)
        self.manage("release", process=RELEASE)
        self.manage("collectstatic", "--noinput", "--verbosity=0", process=RELEASE)
        for process in LASTING:
            self.start_one(process.name)
        self._wait_until_ready()

    def stop(self) -> None:
        """The processes first, all at once, then what they stand on."""
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()
        self.redis.stop()
        self.postgres.stop()

    def start_one(self, name: str) -> None:
        process = BY_NAME[name]
        program, *arguments = process.command_for(**self._places())
        log = self._log_file(name)
        with log.open("ab") as output:
            self.logged_before[name] = output.tell()
            self.running[name] = subprocess.Popen(
                [str(VENV / "bin" / program), *arguments],
                cwd=ROOT,
                env=self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGTERM),  # noqa: PLW1509  # one call
            )

    def pid(self, name: str) -> int:
        return self.running[name].pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """The process and its own children; returns when it is gone."""
        process = self.running.pop(name)
        os.killpg(process.pid, number)
        process.wait(STOP_SECONDS)

    def restart(self, name: str) -> None:
        if name in self.running:
            self.kill(name, signal.SIGTERM)
        self.start_one(name)
        self._wait_until_ready()

    def manage(self, *arguments: str, process: Process | None = None) -> str:
        """The output of a management command, run with web's settings unless said otherwise."""
        name = process.name if process else "web"
        result = subprocess.run(
            [str(VENV / "bin" / "python"), "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise Stop(f"manage.py {arguments[0]} failed: {result.stderr.strip()[-2000:]}")
        return result.stdout

    def environment(self, name: str) -> dict[str, str]:
        """What this process is given, and nothing that belongs to another one."""
        values = self._values()
        given = {setting: values[setting] for setting in BY_NAME[name].settings}
        local = {key: value for key in INHERITED if (value := os.environ.get(key))}
        return local | given | {"STATIC_ROOT": str(self.folder.resolve() / "static")} | self._mail()

    def log(self, name: str) -> str:
        return self._log_file(name).read_text(errors="replace")

    def _values(self) -> dict[str, str]:
        owner_url = self.database_url()
        addresses = ",".join(own_addresses())
        return {
            **self.home.secrets,
            **addresses_beside(owner_url),
            "DATABASE_OWNER_URL": owner_url,
            "REDIS_URL": self.redis.url,
            "MODE": "development",
            "PUBLIC_URL": self.origin,
            "TRUSTED_PROXIES": "",
            "DATABASE_POOL": "16",
            "MAIL_URL": "",
            "AUDIT_ANCHORS": f"file:{self.folder.resolve()}/anchors.txt",
            "SEALING_CERTIFICATE": "",
            "TURN_URL": "",
            "TURN_SECRET": "",
            "RELAY_BIND": addresses,
            "RELAY_ADDRESS": addresses,
            "RELAY_PORT": str(self.relay_port),
            "RELAY_METRICS": "",
            "RELAY_ENGINE": os.environ.get("RELAY_ENGINE") or "auto",
            "RELAY_CACHE": os.environ.get("RELAY_CACHE") or CACHE,
        }

    def _mail(self) -> dict[str, str]:
        return {"MAIL_DIR": str(self.mail_folder), "LOG_LEVEL": "INFO"}

    def _places(self) -> dict[str, str]:
        return {"host": "127.0.0.1", "port": str(self.port), "state": str(self.folder.resolve())}

    def _log_file(self, name: str) -> Path:
        folder = self.folder / "log"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.log"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise Stop(f"{name} ended at its start: {self.log(name)[-2000:]}")
            if self._is_ready():
                return
            time.sleep(0.1)
        raise Stop(f"The stack is not ready after {READY_SECONDS} s: read {self.folder}/log.")

    def _relay_is_ready(self) -> bool:
        """What an earlier relay said in the same file does not count; none may be wanted."""
        if "relay" not in self.running:
            return True
        said = self._log_file("relay").read_bytes()[self.logged_before["relay"] :]
        return b"is ready" in said

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200) and self._relay_is_ready()
        except (urllib.error.URLError, OSError):
            return False


def first_invitation(stack: Stack) -> str:
    """The path of the invitation that begins everything; made once."""
    if "first invitation" not in stack.home.secrets:
        link = stack.manage("invite_admin", "ada@example.org").strip()
        stack.home.keep({"first invitation": link.removeprefix(stack.origin)})
    return stack.origin + stack.home.secrets["first invitation"]


def main() -> None:
    """Runs until Ctrl-C on PORT and RELAY_PORT. It begins as a programme does: with one admin."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack = Stack(
        STATE / "stack",
        port=int(os.environ.get("PORT") or 8000),
        relay_port=int(os.environ.get("RELAY_PORT") or 5004),
        fast=False,
    )
    try:
        say("Starting PostgreSQL, Redis and five processes")
        with stack:
            names = ", ".join(f"{name} {stack.pid(name)}" for name in stack.running)
            print(f"\nQUIETROOM READY {stack.origin}", flush=True)
            print(f"First admin:   {first_invitation(stack)}", flush=True)
            print(f"Processes:     {names}\nMail and logs: {stack.folder}", flush=True)
            signal.pause()
    except Stop as reason:
        leave(reason)
    except KeyboardInterrupt:
        say("Everything has stopped")


if __name__ == "__main__":
    main()
