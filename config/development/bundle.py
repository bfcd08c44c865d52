"""`make bundle-hashes`: what the pages' scripts and styles are, byte for byte.

A fresh build from this checkout and the pinned packages, in a folder of its own, whatever has
been built before. The same commit MUST give the same lines on every machine: whoever doubts a
server compares what it serves with what they built themselves.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.core.files.storage import FileSystemStorage

from config.development.progress import Stop, leave
from config.development.toolchain import FRONTEND, install_modules, search_path


def main() -> None:
    try:
        install_modules()
        with tempfile.TemporaryDirectory() as folder:
            built, served = Path(folder, "built"), Path(folder, "served")
            build(FRONTEND, built)
            lay_out(built, served)
            lines = hashes(served)
    except Stop as reason:
        leave(reason)
    # As sha256sum writes and reads it: `sha256sum --check` in a folder of downloaded files.
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    whole = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    sys.stderr.write(f"All {len(lines)} files together: {whole}\n")


def build(sources: Path, into: Path) -> None:
    """MUST NOT depend on anything but the sources: no clock, no path, no name, no language."""
    command = ["npx", "vite", "build", "--outDir", str(into), "--emptyOutDir"]
    environment = os.environ | {"PATH": search_path(), "NODE_ENV": "production"}
    done = subprocess.run(
        command, cwd=sources, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Stop(f"The front end does not build.\n{done.stderr}")


def lay_out(built: Path, served: Path) -> None:
    """As a server has them: under names with a hash, whose imports name the others' hashes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.development.settings_for_checks")
    django.setup()
    from config.static import StaticFiles  # Django has no settings before

    source = FileSystemStorage(built)
    storage: Any = StaticFiles(location=served, base_url="/static/")  # type: ignore[no-untyped-call]  # whitenoise has no types
    names = [path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()]
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)
    for name, _, error in storage.post_process({name: (source, name) for name in names}):
        if isinstance(error, Exception):
            raise Stop(f"{name} cannot be served: {error}")


def hashes(folder: Path) -> list[str]:
    """Compressed copies and the list of names are left out: they follow from the rest."""
    left_out = {".br", ".gz", ".json"}
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix not in left_out
    )
    return [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}"
        for path in files
    ]


if __name__ == "__main__":
    main()
