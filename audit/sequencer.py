"""Orders audit entries after their commit: leaves of a Merkle tree, signed checkpoints.

Acts never wait for it. Its database role is the only one that may write leaves, and its process
the only one that needs the signing key. Two may run: whoever holds the lock works, the other
waits its turn; one that is killed leaves nothing behind, because each batch is one transaction.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, IntegrityError, connections, transaction
from django.db.backends.utils import CursorWrapper

from audit import anchors, merkle, note
from audit.errors import LogMismatch

ALIAS = "audit_sequencer"
BATCH = 1000
PAUSE_SECONDS = 0.5
MONTHS_AHEAD = 3
PARTITIONS_SECONDS = 3600
STOP_SECONDS = 5

# Held until the batch commits; the number only has to be ours.
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(7168, 1)"
LAST_CHECKPOINT = (
    "SELECT size, root, frontier, note FROM audit.checkpoints ORDER BY size DESC LIMIT 1"
)
LEAF_COUNT = "SELECT coalesce(max(index) + 1, 0), count(*) FROM audit.leaves WHERE index >= %s"
# The database moves them among the entries; this role may only say how many.
TAKE = "SELECT entry, recorded_at, body FROM audit.take(%s)"
ADD_LEAVES = """
INSERT INTO audit.leaves (index, entry, recorded_at, hash)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::timestamptz[], %s::bytea[])
"""
ADD_CHECKPOINT = (
    "INSERT INTO audit.checkpoints (size, root, frontier, note) VALUES (%s, %s, %s, %s)"
)
ADD_KEY = "INSERT INTO audit.keys (verifier_key, first_size) VALUES (%s, %s) ON CONFLICT DO NOTHING"
NEXT_BLOCK = "SELECT coalesce(max(index) + 1, 0) FROM audit.blocks"
BLOCK = """
SELECT string_agg(hash, ''::bytea ORDER BY index) FROM audit.leaves
WHERE index >= %s AND index < %s
"""
ADD_BLOCK = "INSERT INTO audit.blocks (index, hash) VALUES (%s, %s)"
STRAYS = "SELECT count(*) FROM audit.entries_default"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tree:
    size: int
    frontier: tuple[bytes, ...]

    def extended(self, leaves: list[bytes]) -> "Tree":
        grown = merkle.extended(self.frontier, self.size, leaves)
        return Tree(self.size + len(leaves), grown)


EMPTY = Tree(0, ())


@dataclass(frozen=True, slots=True)
class Sequencer:
    """`origin` is the log's name on its checkpoints; every one of `keys` signs them."""

    keys: tuple[Ed25519PrivateKey, ...]
    origin: str

    @classmethod
    def from_settings(cls) -> "Sequencer":
        try:
            keys = note.signing_keys(settings.AUDIT_SIGNING_KEY)
        except ValueError as error:
            raise ImproperlyConfigured(f"AUDIT_SIGNING_KEY: {error}.") from error
        return cls(keys, log_name())

    def step(self) -> int:
        """Sequences one batch and returns its size; 0 when idle or when another one works.

        Raises LogMismatch, and signs nothing, when the stored tree is not the one last signed.
        """
        with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
            if not _locked(cursor):
                return 0
            tree = self._last_tree(cursor)
            leaves = _take(cursor, tree.size)
            if leaves:
                tree = tree.extended(leaves)
                self._sign(cursor, tree)
                _fold_blocks(cursor, tree.size)
            return len(leaves)

    def _last_tree(self, cursor: CursorWrapper) -> Tree:
        cursor.execute(LAST_CHECKPOINT)
        row = cursor.fetchone()
        tree = EMPTY if row is None else self._checked(*row)
        cursor.execute(LEAF_COUNT, [max(tree.size - 1, 0)])
        if cursor.fetchone() != (tree.size, min(tree.size, 1)):
            raise LogMismatch("the leaves do not end where the last checkpoint does")
        return tree

    def _checked(self, size: int, root: bytes, frontier: bytes, signed: str) -> Tree:
        """Re-folds the frontier and compares it with what was signed, before anything is added."""
        try:
            known = note.verify(signed, *(key.public_key() for key in self.keys))
            tree = Tree(size, merkle.unpacked(bytes(frontier)))
        except (note.NoteRefused, ValueError) as error:
            raise LogMismatch(str(error)) from error
        if len(tree.frontier) != size.bit_count() or known.size != size:
            raise LogMismatch("size, frontier and checkpoint disagree")
        if not merkle.root(tree.frontier) == known.root == bytes(root):
            raise LogMismatch("the frontier does not fold to the signed root")
        return tree

    def _sign(self, cursor: CursorWrapper, tree: Tree) -> None:
        root = merkle.root(tree.frontier)
        signed = note.sign(note.Checkpoint(self.origin, tree.size, root), *self.keys)
        cursor.execute(ADD_CHECKPOINT, [tree.size, root, merkle.packed(tree.frontier), signed])
        for key in self.keys:
            public = note.verifier_key(self.origin, key.public_key())
            cursor.execute(ADD_KEY, [public, tree.size])


def log_name() -> str:
    return f"{urlsplit(settings.PUBLIC_URL).hostname}/audit"


def run(stop: threading.Event) -> None:
    """Works until `stop` is set: at least twice a second, at once while there is a backlog.

    A database that is away is waited for. LogMismatch ends the loop: a person must look.
    """
    sequencer = Sequencer.from_settings()
    anchoring = threading.Thread(target=anchors.run, args=(stop,), name="anchors", daemon=True)
    anchoring.start()
    partitions_due_at = 0.0
    try:
        while not stop.is_set():
            if time.monotonic() >= partitions_due_at:
                partitions_due_at = time.monotonic() + PARTITIONS_SECONDS
                _patiently(make_partitions)
            if _patiently(sequencer.step) < BATCH:
                stop.wait(PAUSE_SECONDS)
    except LogMismatch as error:
        log.critical("audit.log_mismatch", reason=str(error))
        raise
    finally:
        if stop.is_set():
            anchoring.join(STOP_SECONDS)
        connections[ALIAS].close()


def make_partitions() -> int:
    """Makes the coming months' partitions; raises the alarm when the default one holds entries."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT audit.make_partitions(%s)", [MONTHS_AHEAD])
        cursor.execute(STRAYS)
        strays: int = cursor.fetchone()[0]
    if strays:
        log.critical("audit.default_partition_in_use")
    return strays


def _patiently(work: Callable[[], int]) -> int:
    """0 when the database is away; the next round tries again on a fresh connection."""
    try:
        return work()
    except Error:
        log.error("audit.sequencer_waits", part=work.__name__)
        connections[ALIAS].close()
        return 0


def _locked(cursor: CursorWrapper) -> bool:
    cursor.execute(TRY_LOCK)
    return bool(cursor.fetchone()[0])


def _take(cursor: CursorWrapper, size: int) -> list[bytes]:
    """Moves the oldest waiting entries into the tree; the hash is of the bytes as stored."""
    try:
        cursor.execute(TAKE, [BATCH])
    except IntegrityError as error:
        raise LogMismatch("a waiting entry stands in the log with another body") from error
    taken = cursor.fetchall()
    leaves = [merkle.leaf_hash(bytes(body)) for _, _, body in taken]
    columns = [
        list(range(size, size + len(taken))),
        [entry for entry, _, _ in taken],
        [recorded_at for _, recorded_at, _ in taken],
        leaves,
    ]
    cursor.execute(ADD_LEAVES, columns)
    return leaves


def _fold_blocks(cursor: CursorWrapper, size: int) -> None:
    """Stores the roots of blocks that are now full: a proof then reads one block, not the tree."""
    cursor.execute(NEXT_BLOCK)
    first = cursor.fetchone()[0]
    for block in range(first, size // merkle.BLOCK):
        cursor.execute(BLOCK, [block * merkle.BLOCK, (block + 1) * merkle.BLOCK])
        leaves = merkle.unpacked(bytes(cursor.fetchone()[0]))
        cursor.execute(ADD_BLOCK, [block, merkle.root_of(leaves)])
