"""The bench's own folder for what it builds and downloads, outside the repository."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path


class CannotMeasure(Exception):
    """Something the bench needs is missing; the message says what to do."""


def folder() -> Path:
    """QUIETROOM_BENCH_CACHE, else below the user's own cache folder."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(os.environ.get("QUIETROOM_BENCH_CACHE") or Path(home) / "quietroom-bench")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def compiled(name: str, sources: Path, *libraries: str) -> Path:
    """A shared library made of every C file in the folder, anew when one of them changed."""
    files = sorted(sources.glob("*.[ch]"))
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]
    target = folder() / f"{digest}-{name}"
    if not target.exists():
        if shutil.which("gcc") is None:
            raise CannotMeasure("Install gcc and OpenSSL's headers (Debian: gcc libssl-dev).")
        code = [str(each) for each in files if each.suffix == ".c"]
        making = target.with_suffix(f".{os.getpid()}")
        run(["gcc", "-O2", "-Wall", "-fPIC", "-shared", "-o", str(making), *code, *libraries])
        making.rename(target)
    return target


def run(command: list[str], *, where: Path | None = None) -> str:
    """Its output; CannotMeasure with the end of what it said when it fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        said = (result.stderr or result.stdout).strip()[-1500:]
        raise CannotMeasure(f"{' '.join(command[:3])} failed: {said}")
    return result.stdout
