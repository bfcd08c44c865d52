"""Bundles for outsiders: entries with proofs, a checkpoint, the keys and a manifest.

`python -m audit.verify` checks them without Quietroom. An export is itself an act: it appears
under its name only after its entry was committed.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from audit import verify
from audit.events import Ref
from audit.log_events import LogExported
from audit.proofs import Prover
from audit.recording import record
from audit.verification import ALIAS, Log, Progress, stored_keys
from audit.verify import COLUMNS, Row

NEWEST = "SELECT size, note FROM audit.checkpoints ORDER BY size DESC LIMIT 1"
ANCHORED = "SELECT DISTINCT size FROM audit.anchors ORDER BY size DESC LIMIT 100"
FIND = "SELECT index FROM audit.leaves WHERE entry = %s"
README = """\
Entries of the audit log {origin}.

Check them with nothing but Python and its package `cryptography`:

    python -m audit.verify THIS_FOLDER --key KEY_FILE --checkpoint OLDER_CHECKPOINT

Take KEY_FILE from whoever answers for the log, not from this folder, and OLDER_CHECKPOINT from an
anchor (a mail, a witness, a file elsewhere). keys.txt is what the log says of itself.
"""


class NothingToExport(Exception):
    """The log has no checkpoint yet, or the range is empty."""


@dataclass(slots=True)
class Export:
    """The leaves from `first` up to `last` (of the newest checkpoint when None), or the `chosen`.

    `beside` are more files for the bundle; its manifest covers them.
    """

    first: int = 0
    last: int | None = None
    known: Sequence[str] = ()
    chosen: Sequence[int] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    alias: str = ALIAS
    progress: Progress = field(default=lambda done, total: None)

    def write(self, folder: Path) -> tuple[str, int]:
        """Writes the bundle and records it; the manifest's SHA-256 and the number of entries.

        Raises NothingToExport, FileExistsError, AuditUnavailable.
        """
        if folder.exists():
            raise FileExistsError(f"{folder} exists already")
        part = folder.with_name(f"{folder.name}.part")
        part.mkdir(mode=0o700, parents=True)
        try:
            digest, count = self._fill(part)
            with transaction.atomic():
                first = min(self.chosen, default=self.first)
                record(LogExported(object=Ref("bundle", digest), first=first, count=count))
        except BaseException:
            shutil.rmtree(part)
            raise
        part.rename(folder)
        return digest, count

    def _fill(self, folder: Path) -> tuple[str, int]:
        keys = stored_keys(self.alias)
        with connections[self.alias].cursor() as cursor:
            cursor.execute(NEWEST)
            found = cursor.fetchone()
            if found is None:
                raise NothingToExport("no entry has a signed checkpoint yet")
            size, note = found
            prover = Prover(cursor, size)
            count = self._write_entries(folder / verify.ENTRIES, prover)
            proofs = {old: texts(prover.consistency(old)) for old in self._sizes(cursor, size)}
        for name, text in self.beside.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / verify.CHECKPOINT).write_text(note)
        (folder / verify.KEYS).write_text(keys)
        (folder / verify.CONSISTENCY).write_text(json.dumps(proofs))
        (folder / "README.txt").write_text(README.format(origin=note.partition("\n")[0]))
        return self._write_manifest(folder, count), count

    def _write_entries(self, path: Path, prover: Prover) -> int:
        rows, count = self._rows(prover.size)
        with path.open("w", encoding="utf-8") as file:
            for done, row in enumerate(rows, start=1):
                file.write(json.dumps(line_of(row, prover), ensure_ascii=False) + "\n")
                self.progress(done, count)
        return count

    def _rows(self, size: int) -> tuple[Iterator[Row], int]:
        """What goes out, and how much it is; only what the newest checkpoint signs."""
        log = Log((), alias=self.alias)
        if self.chosen:
            signed = [number for number in self.chosen if 0 <= number < size]
            if signed:
                return log.chosen(signed), len(signed)
        last = min(size, size if self.last is None else self.last)
        if self.chosen or not 0 <= self.first < last:
            raise NothingToExport(f"the log has {size} signed entries")
        count = last - self.first
        return islice(log.rows(self.first), count), count

    def _sizes(self, cursor: Any, size: int) -> Iterator[int]:
        """Older checkpoints that somebody may hold: the newest anchors, and those named."""
        cursor.execute(ANCHORED)
        sizes = {old for (old,) in cursor.fetchall()}
        sizes |= {int(note.split("\n", 2)[1]) for note in self.known}
        return (old for old in sorted(sizes) if 0 < old < size)

    def _write_manifest(self, folder: Path, count: int) -> str:
        files = {path.name: sha256_of(path) for path in sorted(folder.iterdir())}
        manifest = {
            "format": verify.FORMAT,
            "first": min(self.chosen, default=self.first),
            "count": count,
            "contiguous": not self.chosen,
            "files": files,
        }
        path = folder / verify.MANIFEST
        path.write_text(json.dumps(manifest, indent=1) + "\n")
        return sha256_of(path)


def line_of(row: Row, prover: Prover) -> dict[str, Any]:
    """One line of entries.jsonl. The body is text: the bytes that were hashed, in UTF-8."""
    return {
        "index": row.number,
        "id": row.entry,
        "at": row.at,
        **dict(zip(COLUMNS, row.columns, strict=True)),
        "leaf": base64.b64encode(row.leaf).decode(),
        "body": None if row.body is None else row.body.decode(),
        "proof": texts(prover.inclusion(row.number)),
    }


def number_of(entry: str, alias: str = ALIAS) -> int:
    """The number of an entry by its id or by that number. Raises NothingToExport, ValueError."""
    if entry.isdecimal():
        return int(entry)
    with connections[alias].cursor() as cursor:
        cursor.execute(FIND, [UUID(entry)])
        found = cursor.fetchone()
    if found is None:
        raise NothingToExport("that entry is unknown or has no leaf yet")
    number: int = found[0]
    return number


def texts(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(found).decode() for found in hashes]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
