"""The same sources give the same scripts, wherever and by whomever they are built."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.development import bundle
from config.development.toolchain import FRONTEND, search_path

OTHERS_UID = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """Not pytest's own folder: another user could not even reach that."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def clone(into: Path, *, of_its_own: bool = False) -> Path:
    """What git knows, and the packages: linked, or copied for somebody who will own them."""
    known = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "."],
        cwd=FRONTEND, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in (name for name in known if name and (FRONTEND / name).exists()):
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FRONTEND / name, into / name)
    how = shutil.copy2 if of_its_own else link
    modules = FRONTEND / "node_modules"
    shutil.copytree(modules, into / "node_modules", symlinks=True, copy_function=how)
    return into


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def built(sources: Path, into: Path, *, as_somebody_else: bool = False) -> list[str]:
    """As another user where this one may become one, in another time zone and language."""
    if not as_somebody_else:
        bundle.build(sources, into)
        return bundle.hashes(into)
    environment = {"PATH": search_path(), "HOME": str(into), "TZ": "Asia/Tokyo", "LANG": "tr_TR"}
    user = OTHERS_UID if os.geteuid() == 0 else None
    for top in (sources, into):
        top.mkdir(exist_ok=True)
        for path in [top, *top.rglob("*")]:
            if user is not None:
                os.chown(path, user, user, follow_symlinks=False)
    subprocess.run(
        ["npx", "vite", "build", "--outDir", str(into), "--emptyOutDir"],
        cwd=sources, env=environment, user=user, check=True, capture_output=True,
    )  # fmt: skip
    return bundle.hashes(into)


def test_two_clones_build_the_same_bytes(place: Path) -> None:
    """At paths of different depth, by two users."""
    one = built(clone(place / "one"), place / "dist-1")
    deep = clone(place / "a" / "deeper" / "place" / "for it" / "two", of_its_own=True)
    assert built(deep, place / "dist-2", as_somebody_else=True) == one
    assert any(line.endswith("  room.js") for line in one)


def test_a_changed_line_changes_the_hash_of_its_file(place: Path) -> None:
    sources = clone(place / "one")
    before = built(sources, place / "before")
    source = sources / "src" / "room" / "peer.ts"
    source.write_text(source.read_text() + 'console.debug("one line more");\n')
    after = built(sources, place / "after")
    changed = {line.split("  ")[1] for line in set(after) - set(before)}
    assert changed == {"room.js"}
