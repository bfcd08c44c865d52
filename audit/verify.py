"""`python -m audit.verify BUNDLE --key FILE [--checkpoint FILE]`: checks an export of the log.

For auditors. One file of pure functions on the standard library and `cryptography`: it needs
neither Django nor the database nor anything else of Quietroom, so that it can be read in one
sitting and copied elsewhere. Formats: RFC 6962 (tree, proofs), C2SP signed-note and
tlog-checkpoint. docs/audit-log.md describes the bundle.

What is proven: each entry's bytes, its time and its identity stand in the tree whose root the
checkpoint signs, and that tree continues every older checkpoint that you hold. KEY must come to
you by another way than BUNDLE. Exit status: 0 verified, 1 something is wrong, 2 unusable input.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "quietroom-audit-bundle/2"
ENTRIES, CHECKPOINT, CONSISTENCY, KEYS, MANIFEST = (
    *("entries.jsonl", "checkpoint.txt", "consistency.json", "keys.txt"),
    "manifest.json",
)
MARK = "\u2014 "
ED25519 = 1
EMPTY_ROOT = hashlib.sha256(b"").digest()
COLUMNS = ("act", "outcome", "actor", "subject", "session", "group", "address", "device")

# Two thirds of the time of json.loads, which a million entries feel.
decoded = json.JSONDecoder().raw_decode

# An act may commit after others that began later; no transaction lives this long.
LATEST = timedelta(hours=1)


class Wrong(Exception):
    """The evidence does not hold. The message names the first bad entry and what is wrong."""


class Unusable(Exception):
    """What was handed over cannot be read as a bundle, a checkpoint or a key."""


class Row(NamedTuple):
    """One leaf. `body` is None where retention dropped it; `at` is UTC as the body writes it."""

    number: int
    leaf: bytes
    entry: str
    at: str
    body: bytes | None
    columns: tuple[str | None, ...]

    @property
    def name(self) -> str:
        return f"entry #{self.number} ({self.entry})"


class Key(NamedTuple):
    name: str
    id: bytes
    public: Ed25519PublicKey


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


class Verified(NamedTuple):
    entries: int
    bodies: int
    checkpoint: Checkpoint


# The tree, RFC 6962 §2.1. A frontier holds the roots of the perfect subtrees, the largest first.


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(frontier: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> list[bytes]:
    """The frontier after `leaves` are appended to a tree of `size` leaves."""
    stack, sha256 = list(frontier), hashlib.sha256
    for node in leaves:
        digits = size
        while digits & 1:
            node = sha256(b"\x01" + stack.pop() + node).digest()  # noqa: PLW2901  # the subtree
            digits >>= 1
        stack.append(node)
        size += 1
    return stack


def root_of(frontier: Sequence[bytes]) -> bytes:
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that `proof` leads to (RFC 9162 §2.1.3.2). Raises Wrong on a malformed proof."""
    if not 0 <= index < size:
        raise Wrong(f"entry #{index} lies outside a log of {size} entries")
    at, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Wrong(f"entry #{index}: its inclusion proof is too long")
        if at & 1 or at == last:
            root = node_hash(sibling, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong(f"entry #{index}: its inclusion proof is too short")
    return root


def check_consistency(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> None:
    """Raises Wrong unless `new` only appends to `old` (RFC 9162 §2.1.4.2)."""
    if old.size > new.size:
        raise Wrong(
            f"its tail was cut: {old.size} entries were there, the log ends after {new.size}"
        )
    if old.size == new.size:
        before, after = new.root, new.root
    elif old.size == 0:
        before, after = EMPTY_ROOT, new.root
    else:
        before, after = _roots_from_consistency(old, new, proof)
    if (before, after) != (old.root, new.root):
        raise Wrong(
            f"the log was rewritten: its first {old.size} entries are not those signed then"
        )


def _roots_from_consistency(
    old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    at, last = old.size - 1, new.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path:
        raise Wrong(f"the proof that the log continues size {old.size} is empty")
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Wrong(f"the proof that the log continues size {old.size} is too long")
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong(f"the proof that the log continues size {old.size} is too short")
    return before, after


# Signed notes.


def keys_of(text: str) -> list[Key]:
    """Verifier keys, `name+hash+base64`, one a line; `#` begins a remark."""
    lines = (line.strip() for line in text.splitlines())
    found = [_key(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise Unusable("no verifier key was given")
    return found


def _key(line: str) -> Key:
    name, _, rest = line.partition("+")
    told, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[0] != ED25519 or key_id.hex() != told:
        raise Unusable("a verifier key is damaged")
    return Key(name, key_id, Ed25519PublicKey.from_public_bytes(raw[1:]))


def opened(note: str, keys: Sequence[Key]) -> Checkpoint:
    """The checkpoint, if at least one of `keys` signed it and none of them wrongly."""
    text, gap, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not gap or len(lines) < 4 or not lines[1].isdecimal():
        raise Unusable("this is not a signed checkpoint")
    signed = [key for line in signatures.splitlines() for key in keys if _signs(line, text, key)]
    checkpoint = Checkpoint(lines[0], int(lines[1]), unbase64(lines[2]))
    if not any(key.name == checkpoint.origin for key in signed):
        raise Wrong(f"the checkpoint of size {checkpoint.size} is not signed by a known key")
    return checkpoint


def _signs(line: str, text: str, key: Key) -> bool:
    if not line.startswith(f"{MARK}{key.name} "):
        return False
    signature = unbase64(line.rpartition(" ")[2])
    if signature[:4] != key.id:
        return False
    try:
        key.public.verify(signature[4:], text.encode())
    except InvalidSignature:
        raise Wrong(f"the signature of {key.name} on a checkpoint is forged or damaged") from None
    return True


def unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Unusable("damaged base64") from error


# Entries.


def check_row(row: Row) -> None:
    """Leaf = hash(body), and what stands beside the body says the same as the body."""
    if row.body is None:
        return
    if leaf_hash(row.body) != row.leaf:
        raise Wrong(f"{row.name}: its body is not the one that was hashed into the log")
    try:
        text = row.body.decode()
        said, end = decoded(text)
        told = (said["id"], said["at"], *map(said.get, COLUMNS))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Wrong(f"{row.name}: its body is not an entry") from error
    if end != len(text):
        raise Wrong(f"{row.name}: something stands behind its body")
    shown = (row.entry, row.at, *row.columns)
    if told != shown:
        names = ("id", "at", *COLUMNS)
        wrong = next(name for name, a, b in zip(names, told, shown, strict=True) if a != b)
        raise Wrong(f"{row.name}: its {wrong} is not what its body says")


def in_order(rows: Iterable[Row], *, start: int, latest: str = "") -> Iterator[Row]:
    """Passes contiguous rows on. Raises Wrong at a gap, a repeat, or an entry dated too early."""
    for number, row in enumerate(rows, start=start):
        if row.number != number:
            raise Wrong(f"entry #{number} is missing: entry #{row.number} stands in its place")
        check_row(row)
        if row.at < latest and moment(row.at) < moment(latest) - LATEST:
            raise Wrong(f"{row.name} is dated {row.at}, before entries that were there already")
        latest = max(latest, row.at)
        yield row


def moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Wrong(f"{text!r} is not a time") from error


# The bundle.


def check_bundle(folder: Path, keys: Sequence[Key], held: Sequence[str] = ()) -> Verified:
    """Checks everything in `folder` against `keys` and against checkpoints that you hold."""
    manifest = check_manifest(folder)
    checkpoint = opened((folder / CHECKPOINT).read_text(), keys)
    proofs = {
        int(size): [unbase64(text) for text in proof]
        for size, proof in json.loads((folder / CONSISTENCY).read_text()).items()
    }
    for note in held:
        old = opened(note, keys)
        if old.origin != checkpoint.origin:
            raise Wrong(f"your checkpoint is of another log, {old.origin}")
        if 0 < old.size < checkpoint.size and old.size not in proofs:
            raise Unusable(f"the bundle has no proof from size {old.size}: export it with --known")
        check_consistency(old, checkpoint, proofs.get(old.size, ()))
    bodies = count = 0
    for row in rows_of(folder, manifest, checkpoint):
        bodies += row.body is not None
        count += 1
    if count != manifest["count"]:
        raise Wrong(f"the bundle tells of {manifest['count']} entries and holds {count}")
    return Verified(count, bodies, checkpoint)


def check_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    if manifest.get("format") != FORMAT:
        raise Unusable(f"{MANIFEST} is not of the format {FORMAT}")
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    if present != set(manifest["files"]):
        raise Wrong(f"{MANIFEST} and the folder name different files")
    for name, told in sorted(manifest["files"].items()):
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != told:
                raise Wrong(f"{name} is not the file that was exported")
    return manifest


def rows_of(folder: Path, manifest: dict[str, Any], checkpoint: Checkpoint) -> Iterator[Row]:
    """Every row after its own check: contiguous, or, in a selection, at least rising."""
    rows = _proven(folder / ENTRIES, checkpoint)
    if manifest["contiguous"]:
        yield from in_order(rows, start=manifest["first"])
        return
    last = -1
    for row in rows:
        check_row(row)
        if row.number <= last:
            raise Wrong(f"{row.name} stands behind entry #{last}")
        last = row.number
        yield row


def _proven(path: Path, checkpoint: Checkpoint) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row, proof = _parsed(line)
            root = root_from_inclusion(row.number, checkpoint.size, row.leaf, proof)
            if root != checkpoint.root:
                raise Wrong(f"{row.name} is not in the log that the checkpoint signs")
            yield row


def _parsed(line: str) -> tuple[Row, list[bytes]]:
    try:
        told = json.loads(line)
        body = None if told["body"] is None else told["body"].encode()
        columns = tuple(told[column] for column in COLUMNS)
        leaf = unbase64(told["leaf"])
        row = Row(int(told["index"]), leaf, told["id"], told["at"], body, columns)
        return row, [unbase64(text) for text in told["proof"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"a line of {ENTRIES} cannot be read") from error


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m audit.verify", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("bundle", type=Path, help="the folder that was exported")
    parser.add_argument("--key", type=Path, required=True, help="verifier keys, one a line")
    parser.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="an older one that you hold"
    )
    given = parser.parse_args(arguments)
    try:
        keys = keys_of(given.key.read_text())
        held = [path.read_text() for path in given.checkpoint]
        found = check_bundle(given.bundle, keys, held)
    except Wrong as wrong:
        print(f"WRONG: {wrong}.", file=sys.stderr)
        return 1
    except (Unusable, OSError, ValueError, KeyError, TypeError) as error:
        print(f"Cannot be checked: {error}.", file=sys.stderr)
        return 2
    size, root = found.checkpoint.size, found.checkpoint.root.hex()
    print(f"Verified: {found.entries} entries, {found.bodies} with their body.")
    print(f"They stand in {found.checkpoint.origin}, {size} entries, root {root}.")
    if not held:
        print("Give --checkpoint with one from an anchor to exclude a cut or rewritten log.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
