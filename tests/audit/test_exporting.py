"""Bundles, checked by a copy of verify.py in a bare interpreter: no Django, no database."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit import verify
from audit.context import acting_as_system
from audit.errors import AuditUnavailable
from audit.exporting import Export, sha256_of
from tests.audit.database import refusing_log, rows
from tests.audit.written_log import SIZE, key_file, newest_note

pytestmark = pytest.mark.usefixtures("written_log")

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Written afresh; no test changes the leaves below."""
    folder = tmp_path / "bundle"
    with acting_as_system("tests"):
        Export(0, SIZE, [older_note()]).write(folder)
    return folder


def older_note() -> str:
    ((note,),) = rows("SELECT note FROM audit.checkpoints WHERE size = 10")
    return str(note)


def checked(bundle: Path, *held: str) -> verify.Verified:
    keys = verify.keys_of((bundle / "keys.txt").read_text())
    return verify.check_bundle(bundle, keys, held)


def test_an_auditor_checks_a_bundle_with_one_file_and_nothing_of_ours(
    bundle: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    shutil.copy(verify.__file__, alone / "check.py")
    (alone / "held.txt").write_text(older_note())
    command: list[str | Path] = [sys.executable, "-I", "check.py", bundle]
    command += ["--key", key_file(tmp_path), "--checkpoint", "held.txt"]
    good = subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"Verified: {SIZE} entries, {SIZE} with their body.")
    (bundle / "entries.jsonl").write_text("")
    bad = subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert bad.stderr == "WRONG: entries.jsonl is not the file that was exported.\n"


def test_a_range_and_a_single_entry_verify(tmp_path: Path) -> None:
    part, one = tmp_path / "part", tmp_path / "one"
    call_command("audit_export", part, first=5, last=9, verbosity=0)
    assert checked(part).entries == 4
    ((entry,),) = rows("SELECT entry FROM audit.leaves WHERE index = 12")
    call_command("audit_prove", str(entry), one, verbosity=0)
    assert checked(one).entries == 1
    assert json.loads((one / "entries.jsonl").read_text())["id"] == str(entry)


def test_an_export_is_an_act_that_names_its_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    call_command("audit_export", folder, first=2, last=4, verbosity=0)
    digest = sha256_of(folder / "manifest.json")
    ((body,),) = rows(
        "SELECT body FROM audit.recorded WHERE act = 'audit.exported'"
        " ORDER BY recorded_at DESC LIMIT 1"
    )
    said = json.loads(bytes(body))
    assert said["object"] == f"bundle:{digest}"
    assert said["actor"] == "system:audit_export"
    assert said["details"] == {"count": 2, "first": 2}


def test_an_export_that_cannot_be_recorded_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "refused"
    with refusing_log(), acting_as_system("tests"), pytest.raises(AuditUnavailable):
        Export().write(folder)
    assert list(tmp_path.iterdir()) == []
    with acting_as_system("tests"):
        Export().write(folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_nothing_is_exported_over_something_or_beyond_the_end(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="exists already"):
        call_command("audit_export", tmp_path)
    with pytest.raises(CommandError, match="signed entries"):
        call_command("audit_export", tmp_path / "new", first=10_000)
    with pytest.raises(CommandError, match="unknown or has no leaf"):
        call_command("audit_prove", "00000000-0000-4000-8000-000000000000", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_held_checkpoint_must_be_one_that_the_log_continues(bundle: Path) -> None:
    assert checked(bundle, older_note(), newest_note()).entries == SIZE
    ((note,),) = rows("SELECT note FROM audit.checkpoints WHERE size = 4")
    with pytest.raises(verify.Unusable, match="no proof from size 4"):
        checked(bundle, str(note))


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda line: line.update(body=line["body"].replace("user:a", "user:b")), "not the one"),
        (lambda line: line.update(actor="user:b"), "#7 .* its actor is not what its body says"),
        (lambda line: line.update(at="2026-01-01T00:00:00.000000Z"), "#7 .* its at is not"),
        (lambda line: line.update(id="other"), r"#7 \(other\).* its id is not"),
        (lambda line: line["proof"].pop(), "#7: its .* proof is too short"),
        (
            lambda line: line["proof"].append(line["proof"][0]),
            "#7: its .* proof is too long",
        ),
        (lambda line: line.update(proof=line["proof"][::-1]), "#7 .* is not in the log"),
        (lambda line: line.update(index=8), "#8 .* is not in the log"),
    ],
)
def test_a_bundle_edited_with_its_manifest_is_named(bundle: Path, edit: Edit, what: str) -> None:
    lines = [json.loads(line) for line in (bundle / "entries.jsonl").read_text().splitlines()]
    edit(lines[7])
    put_back(bundle, lines)
    with pytest.raises(verify.Wrong, match=what):
        checked(bundle)


def test_an_entry_left_out_of_a_bundle_is_named(bundle: Path) -> None:
    lines = [json.loads(line) for line in (bundle / "entries.jsonl").read_text().splitlines()]
    put_back(bundle, lines[:7] + lines[8:])
    with pytest.raises(verify.Wrong, match="entry #7 is missing: entry #8 stands in its place"):
        checked(bundle)
    put_back(bundle, lines[:-1])
    with pytest.raises(verify.Wrong, match="tells of 20 entries and holds 19"):
        checked(bundle)


def test_a_file_slipped_into_a_bundle_is_named(bundle: Path) -> None:
    (bundle / "more.txt").write_text("")
    with pytest.raises(verify.Wrong, match="name different files"):
        checked(bundle)


def test_the_command_says_what_it_compared_and_what_it_could_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("audit_verify", first=0, last=SIZE)
    assert "No anchor was compared" in capsys.readouterr().out
    held = tmp_path / "anchors.txt"
    held.write_text(f"{older_note()}\n{newest_note()}")
    call_command("audit_verify", first=0, last=SIZE, checkpoint=[held], key=key_file(tmp_path))
    told = capsys.readouterr().out
    assert "20 with their body, 4 checkpoints, 2 anchors" in told
    assert "No anchor" not in told


def test_the_command_ends_with_the_status_of_what_it_found(tmp_path: Path) -> None:
    held = tmp_path / "anchors.txt"
    held.write_text(newest_note().replace("\n20\n", "\n21\n"))
    with pytest.raises(CommandError, match=r"WRONG: .*forged or damaged") as wrong:
        call_command("audit_verify", checkpoint=[held])
    assert wrong.value.returncode == 1
    with pytest.raises(CommandError, match="Cannot be checked") as unusable:
        call_command("audit_verify", key=tmp_path / "nowhere")
    assert unusable.value.returncode == 2


def put_back(bundle: Path, lines: list[dict[str, Any]]) -> None:
    """As a forger would: the manifest fits again."""
    path = bundle / "entries.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"]["entries.jsonl"] = sha256_of(path)
    (bundle / "manifest.json").write_text(json.dumps(manifest))
