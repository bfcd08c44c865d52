"""The log, checked by code that is not ours: Go's sumdb (note, tlog) and pymerkle."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pymerkle import InmemoryTree

from audit import verify
from audit.context import acting_as_system
from audit.exporting import Export
from config.development.machine import GO_SOURCES
from tests.audit.database import rows
from tests.audit.written_log import SIZE, key_file

pytestmark = pytest.mark.usefixtures("written_log")

PROGRAM = Path(__file__).parent / "outsider" / "main.go"


@pytest.fixture(scope="module")
def outsider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built without any network against Debian's sources."""
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": str(GO_SOURCES),
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    command = ["go", "build", "-o", str(folder / "check"), str(PROGRAM)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return folder / "check"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    with acting_as_system("tests"):
        Export(0, SIZE, [older_note()]).write(folder)
    return folder


def test_go_accepts_the_checkpoint_every_entry_and_the_continuation(
    outsider: Path, bundle: Path, tmp_path: Path
) -> None:
    found = run(outsider, bundle, key_file(tmp_path), older(tmp_path))
    assert (found.returncode, found.stdout, found.stderr) == (0, "20 entries\n", "")


def test_go_refuses_what_was_changed(outsider: Path, bundle: Path, tmp_path: Path) -> None:
    keys, then = key_file(tmp_path), older(tmp_path)
    entries, checkpoint = bundle / "entries.jsonl", bundle / "checkpoint.txt"
    proofs = bundle / "consistency.json"
    for path, told, changed in (
        (entries, 'user:a\\"', 'user:b\\"'),
        (checkpoint, f"\n{SIZE}\n", f"\n{SIZE + 1}\n"),
        (proofs, '"10": ["', '"10": ["AAAA'),
    ):
        good = path.read_text()
        path.write_text(good.replace(told, changed, 1))
        assert run(outsider, bundle, keys, then).returncode == 1, path.name
        path.write_text(good)
    assert run(outsider, bundle, keys, then).returncode == 0


def test_pymerkle_builds_the_same_tree_and_the_same_proofs(bundle: Path) -> None:
    lines = [json.loads(line) for line in (bundle / "entries.jsonl").read_text().splitlines()]
    tree: Any = InmemoryTree(algorithm="sha256")  # type: ignore[no-untyped-call]  # pymerkle has no types
    for line in lines:
        tree.append_entry(line["body"].encode())
    keys = verify.keys_of((bundle / "keys.txt").read_text())
    checkpoint = verify.opened((bundle / "checkpoint.txt").read_text(), keys)
    assert tree.get_root() == checkpoint.root
    for line in lines:
        leaf, *path = tree.prove_inclusion(line["index"] + 1).path
        assert leaf == base64.b64decode(line["leaf"])
        assert path == hashes(line["proof"])
    older_size = verify.opened(older_note(), keys).size
    proof = tree.prove_consistency(older_size)
    proof.verify(tree.get_root(older_size), checkpoint.root)


def hashes(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(text) for text in texts]


def older_note() -> str:
    ((note,),) = rows("SELECT note FROM audit.checkpoints WHERE size = 10")
    return str(note)


def older(folder: Path) -> Path:
    path = folder / "older.txt"
    path.write_text(older_note())
    return path


def run(*command: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)
