"""`npm run vectors` counts what holds and what does not, in files that another program made."""

import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from config.development.toolchain import FRONTEND, ROOT, search_path
from tests.e2ee import independent

VECTORS = ROOT / "tests" / "vectors"
RFC_9605 = VECTORS / "rfc9605.json"
MLS = sorted((VECTORS / "mls").glob("*.json"))
# The way to one figure of each file's first entry that its check computes by itself.
COMPUTED: dict[str, tuple[str | int, ...]] = {
    "crypto-basics": ("expand_with_label", "out"),
    "deserialization": ("length",),
    "key-schedule": ("epochs", 0, "exporter", "secret"),
    "message-protection": ("application",),
    "messages": ("group_context_extensions_proposal",),
    "passive-client-handling-commit": ("epochs", 0, "epoch_authenticator"),
    "passive-client-random": ("epochs", 0, "epoch_authenticator"),
    "passive-client-welcome": ("initial_epoch_authenticator",),
    "psk_secret": ("psk_secret",),
    "secret-tree": ("leaves", 0, 0, "application_key"),
    "transcript-hashes": ("confirmed_transcript_hash_after",),
    "tree-math": ("root",),
    "tree-operations": ("tree_hash_after",),
    "tree-validation": ("tree_hashes", 0),
    "treekem": ("update_paths", 0, "commit_secret"),
    "welcome": ("signer_pub",),
}
# What RFC 9605 Appendix C.3 states as inputs.
INPUTS = {
    "kid": 0x123,
    "ctr": 0x4567,
    "base_key": bytes(range(16)),
    "metadata": b"IETF SFrame WG",
    "plain": b"draft-ietf-sframe-enc",
}
EDGES = [0] + [edge for byte in range(8) for edge in (256**byte, 256 ** (byte + 1) - 1)]


def run(*files: Path) -> tuple[str, int]:
    """The last line and the exit status."""
    npm = shutil.which("npm", path=search_path()) or "npm"
    names = [file.name for file in files]
    command = [npm, "--silent", "--prefix", str(FRONTEND), "run", "vectors", "--", *names]
    done = subprocess.run(command, cwd=files[0].parent, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [done.stderr])[-1], done.returncode


def written(folder: Path, content: Any) -> Path:
    file = folder / "vectors.json"
    file.write_text(json.dumps(content))
    return file


def sframe_file() -> dict[str, Any]:
    """Each edge of the header's number format, and frames at several of them."""
    frames = [
        independent.sframe_vector(
            kid=kid, ctr=ctr, base_key=bytes(range(kid % 100, kid % 100 + 16)),
            metadata=b"prefix", plain=bytes(ctr % 40),
        )
        for kid in (0, 7, 8, 2**48 - 1, 2**64 - 1)
        for ctr in (0, 9, 2**32, 2**64 - 1)
    ]  # fmt: skip
    return {"header": list(independent.header_vectors(EDGES)), "sframe": frames}


def first_entry_altered(file: Path, folder: Path) -> Path:
    """A file of the first entry alone, the last digit of its computed figure changed."""
    entry = json.loads(file.read_text())[0]
    *way, last = COMPUTED[file.stem]
    holder = entry
    for step in way:
        holder = holder[step]
    figure = holder[last]
    holder[last] = (
        figure + 1 if isinstance(figure, int) else f"{int(figure, 16) ^ 1:0{len(figure)}x}"
    )
    altered = folder / file.name
    altered.write_text(json.dumps([entry]))
    return altered


def secret_tree_file() -> list[dict[str, Any]]:
    return [
        independent.secret_tree_vector(
            encryption_secret=bytes(range(32)),
            leaves=leaves,
            generations=(0, 1, 15),
            sender=bytes(range(32, 64)),
            text=bytes(range(100, 180)),
        )
        for leaves in (1, 8)
    ]


def test_what_rfc_9605_states_is_what_another_program_makes_and_what_ours_makes() -> None:
    carried = json.loads(RFC_9605.read_text())
    assert carried["sframe"] == [independent.sframe_vector(**INPUTS)]  # type: ignore[arg-type]  # one dict, five types
    assert carried["header"] == list(independent.header_vectors(EDGES))
    assert run(RFC_9605) == (f"{len(EDGES) ** 2 + 1} passed, 0 failed", 0)


def test_the_official_mls_vectors_pass() -> None:
    count = sum(len(json.loads(file.read_text())) for file in MLS)
    assert run(*MLS) == (f"{count} passed, 0 failed", 0)


def test_one_altered_figure_fails_in_every_file_of_mls_vectors(tmp_path: Path) -> None:
    assert [file.stem for file in MLS] == sorted(COMPUTED)
    altered = [first_entry_altered(file, tmp_path) for file in MLS]
    assert run(*altered) == (f"0 passed, {len(altered)} failed", 1)


def test_frames_and_headers_of_another_program_pass(tmp_path: Path) -> None:
    file = sframe_file()
    count = len(file["header"]) + len(file["sframe"])
    assert run(written(tmp_path, file)) == (f"{count} passed, 0 failed", 0)


def test_one_changed_digit_is_one_failure(tmp_path: Path) -> None:
    file = sframe_file()
    changed = file["sframe"][3]
    changed["ct"] = changed["ct"][:-1] + ("0" if changed["ct"][-1] != "0" else "1")
    count = len(file["header"]) + len(file["sframe"]) - 1
    assert run(written(tmp_path, file)) == (f"{count} passed, 1 failed", 1)


def test_the_secret_tree_of_another_program_passes_and_a_changed_one_does_not(
    tmp_path: Path,
) -> None:
    right = secret_tree_file()
    assert run(written(tmp_path, right)) == ("2 passed, 0 failed", 0)
    wrong = copy.deepcopy(right)
    wrong[1]["leaves"][7][2]["application_nonce"] = "00" * 12
    assert run(written(tmp_path, wrong)) == ("1 passed, 1 failed", 1)


def test_a_file_in_no_known_format_is_an_error(tmp_path: Path) -> None:
    _, status = run(written(tmp_path, {"something": "else"}))
    assert status != 0
