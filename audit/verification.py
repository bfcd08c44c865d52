"""Checks the whole log, or a range of it, as it lies in PostgreSQL. Reads only.

Every rule is one of audit/verify.py, which auditors read; this module only brings the rows. It
runs as the reader's role and MUST NOT be given more.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from django.db import connections
from psycopg import Connection, Cursor

from audit import merkle, verify
from audit.verify import COLUMNS, Checkpoint, Key, Row, Wrong

ALIAS = "audit_reader"
CHUNK = 5000
MOMENT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

LEAF = f"""
SELECT l.index, l.hash, l.entry::text, {MOMENT.format("l.recorded_at")}, e.body,
       {", ".join(f'e."{column}"' for column in COLUMNS)}
FROM audit.leaves AS l
LEFT JOIN audit.entries AS e ON e.recorded_at = l.recorded_at AND e.id = l.entry
"""  # noqa: S608  # constants of ours
LEAVES = f"{LEAF} WHERE l.index >= %s AND l.index < %s ORDER BY l.index"
CHOSEN = f"{LEAF} WHERE l.index = ANY(%s) ORDER BY l.index"
CHECKPOINTS = """
SELECT size, root, frontier, note FROM audit.checkpoints
WHERE size > %s AND size <= %s ORDER BY size LIMIT 1000
"""
BEFORE = """
SELECT size, root, frontier, note FROM audit.checkpoints
WHERE size <= %s ORDER BY size DESC LIMIT 1
"""
AFTER = "SELECT min(size) FROM audit.checkpoints WHERE size >= %s"
SIZE = "SELECT coalesce(max(size), 0) FROM audit.checkpoints"
LEAF_BEYOND = "SELECT index FROM audit.leaves WHERE index >= %s ORDER BY index LIMIT 1"
ANCHORS = "SELECT sink, note FROM audit.anchors ORDER BY size"
KEYS = "SELECT verifier_key FROM audit.keys ORDER BY first_size"
RETIRED = "SELECT to_char(month, 'YYYY-MM'), kept FROM audit.retirements ORDER BY id"
# By time and id: a copy of an entry under another time has no leaf either.
WITHOUT_LEAF = f"""
SELECT e.id::text, {MOMENT.format("e.recorded_at")} FROM audit.entries AS e
LEFT JOIN audit.leaves AS l ON l.entry = e.id AND l.recorded_at = e.recorded_at
WHERE l.entry IS NULL AND NOT EXISTS (SELECT FROM audit.outbox AS o WHERE o.entry = e.id)
ORDER BY e.recorded_at LIMIT 1
"""  # noqa: S608  # constants of ours
WAITING = f"""
SELECT entry::text, {MOMENT.format("recorded_at")} FROM audit.outbox
WHERE recorded_at < clock_timestamp() - interval '5 seconds' ORDER BY recorded_at LIMIT 1
"""  # noqa: S608  # constants of ours
STAYED = """
SELECT count(*) FROM audit.entries
WHERE recorded_at >= %s::date::timestamp AT TIME ZONE 'UTC'
  AND recorded_at < (%s::date + interval '1 month') AT TIME ZONE 'UTC'
"""
NOTE = re.compile(r"(?:.+\n)+\n(?:\u2014 .+\n)+")

Progress = Callable[[int, int], object]


class Promise(NamedTuple):
    """A root that somebody holds for the first `size` entries; `holder` is empty for the log."""

    size: int
    root: bytes
    holder: str


class Report(NamedTuple):
    first: int
    last: int
    bodies: int
    checkpoints: int
    anchors: int
    root: bytes


@dataclass(slots=True)
class Fold:
    """The tree as it grows while rows stream by."""

    rows: Iterator[Row]
    retired: dict[str, int]
    size: int = 0
    frontier: Sequence[bytes] = ()
    bodies: int = 0

    def grow(self, size: int) -> bytes:
        """Takes rows until the tree has `size` leaves; its root."""
        leaves = [self._leaf(row) for row in islice(self.rows, size - self.size)]
        if len(leaves) < size - self.size:
            raise Wrong(f"entry #{self.size + len(leaves)} is missing, and all that followed")
        self.frontier = verify.grown(self.frontier, self.size, leaves)
        self.size = size
        return verify.root_of(self.frontier)

    def _leaf(self, row: Row) -> bytes:
        if row.body is not None:
            self.bodies += 1
        elif row.at[:7] not in self.retired:
            raise Wrong(f"{row.name}: its body was deleted, or its time was changed")
        return row.leaf


@dataclass(slots=True)
class Log:
    """The log behind one database alias, checked with `keys`."""

    keys: Sequence[Key]
    alias: str = ALIAS
    held: Iterable[tuple[str, str]] = ()
    progress: Progress = field(default=lambda done, total: None)

    def check(self, first: int = 0, last: int | None = None) -> Report:
        """Raises verify.Wrong naming the first bad entry. A range is widened to checkpoints."""
        size = self._one(SIZE)
        is_whole = first == 0 and last is None
        end = size if last is None else self._one(AFTER, last)
        if end is None or first > end:
            raise Wrong(f"the log ends after {size} entries")
        anchors = [promise for promise in self._held() if is_whole or promise.size <= end]
        for promise in anchors:
            if promise.size > size:
                raise Wrong(
                    f"entry #{size} is missing, and all that followed: the tail was cut,"
                    f" {promise.holder} holds {promise.size} entries"
                )
        fold = self._start(first)
        begin = fold.size
        checked = self._follow(fold, anchors, end)
        if is_whole:
            self._check_loose_ends(size)
        self._check_what_stayed(fold.retired)
        root = verify.root_of(fold.frontier)
        return Report(begin, fold.size, fold.bodies, checked, len(anchors), root)

    def _follow(self, fold: Fold, anchors: list[Promise], end: int) -> int:
        """Grows the tree from promise to promise; how many checkpoints of the log held."""
        agreed, checked = {"": fold.size}, 0
        later = [promise for promise in anchors if promise.size > fold.size]
        promises = heapq.merge(self._checkpoints(fold.size, end), later, key=lambda p: p.size)
        for promise in promises:
            if fold.grow(promise.size) != promise.root:
                raise Wrong(_broken(promise, agreed.get(promise.holder, 0)))
            agreed[promise.holder] = promise.size
            checked += promise.holder == ""
            self.progress(fold.size, end)
        return checked

    def _start(self, first: int) -> Fold:
        retired: dict[str, int] = dict(self._all(RETIRED))
        found = self._all(BEFORE, first)
        if not found:
            return Fold(verify.in_order(self.rows(0), start=0), retired)
        (row,) = found
        size = self._checkpoint(*row).size
        rows = verify.in_order(self.rows(size), start=size)
        return Fold(rows, retired, size, merkle.unpacked(row[2]))

    def rows(self, first: int) -> Iterator[Row]:
        while chunk := self._all(LEAVES, first, first + CHUNK):
            yield from map(_row, chunk)
            first += CHUNK

    def chosen(self, numbers: Sequence[int]) -> Iterator[Row]:
        return map(_row, self._all(CHOSEN, list(numbers)))

    def _checkpoints(self, after: int, end: int) -> Iterator[Promise]:
        while chunk := self._all(CHECKPOINTS, after, end):
            for row in chunk:
                yield self._checkpoint(*row)
            after = chunk[-1][0]

    def _checkpoint(self, size: int, root: bytes, frontier: bytes, note: str) -> Promise:
        """The signed note, the root beside it and the stored frontier say the same."""
        signed = _opened(note, self.keys, f"the checkpoint of size {size}")
        stored = merkle.unpacked(frontier)
        if not signed.root == root == verify.root_of(stored) or signed.size != size:
            raise Wrong(f"the checkpoint of size {size} is not the one that was signed")
        return Promise(size, root, "")

    def _held(self) -> list[Promise]:
        """What anchors and the caller hold, the smallest first."""
        notes = [(f"anchor {sink}", note) for sink, note in self._all(ANCHORS)]
        opened = [(holder, _opened(note, self.keys, holder)) for holder, note in notes]
        opened += [(holder, _opened(note, self.keys, holder)) for holder, note in self.held]
        return sorted(Promise(found.size, found.root, holder) for holder, found in opened)

    def _check_loose_ends(self, size: int) -> None:
        beyond = self._all(LEAF_BEYOND, size)
        if beyond and self._one(SIZE) == size:
            raise Wrong(f"entry #{beyond[0][0]} stands behind the last checkpoint")
        for entry, at in self._all(WITHOUT_LEAF):
            why = "it was put in, or kept out of the tree, by force"
            raise Wrong(f"entry {entry} of {at} has no leaf: {why}")
        for entry, at in self._all(WAITING):
            raise Wrong(f"entry {entry} of {at} waits for its leaf: is the sequencer running?")

    def _check_what_stayed(self, retired: dict[str, int]) -> None:
        for month, kept in retired.items():
            if self._one(STAYED, f"{month}-01", f"{month}-01") != kept:
                raise Wrong(f"of {month} {kept} bodies had to stay, but not as many are there")

    def _one(self, query: str, *values: object) -> Any:
        return self._all(query, *values)[0][0]

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Binary transfer: half of the time would go into decoding bodies from text."""
        with Cursor(self._connection()) as cursor:
            return cursor.execute(query, values, binary=True).fetchall()

    def _connection(self) -> "Connection[tuple[Any, ...]]":
        connections[self.alias].ensure_connection()
        found: Connection[tuple[Any, ...]] = connections[self.alias].connection
        return found


def stored_keys(alias: str = ALIAS) -> str:
    """The keys as the log itself tells them: enough to find damage, not to convict a thief."""
    with connections[alias].cursor() as cursor:
        cursor.execute(KEYS)
        return "".join(f"{key}\n" for (key,) in cursor.fetchall())


def notes_in(text: str) -> list[str]:
    """The signed notes of a file that holds one or many, as the anchor file does."""
    return NOTE.findall(text)


def _row(found: tuple[Any, ...]) -> Row:
    number, leaf, entry, at, body = found[:5]
    return Row(number, leaf, entry, at, body, found[5:])


def _opened(note: str, keys: Sequence[Key], holder: str) -> Checkpoint:
    try:
        return verify.opened(note, keys)
    except (Wrong, verify.Unusable) as error:
        raise Wrong(f"{holder}: {error}") from error


def _broken(promise: Promise, agreed: int) -> str:
    entries = f"entries #{agreed} to #{promise.size - 1}"
    if agreed == promise.size - 1:
        entries = f"entry #{agreed}"
    if promise.holder:
        return f"the log was rewritten: {entries} are not those that {promise.holder} holds"
    return f"{entries}: the leaves are not those that the checkpoint of {promise.size} signs"
