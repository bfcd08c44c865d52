"""Inclusion and consistency proofs, read from the stored leaves through any cursor that may read.

Nothing here needs to be trusted: a wrong leaf or block gives a proof that no verifier accepts.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from audit import merkle
from audit.merkle import BLOCK

LEAVES = """
SELECT string_agg(hash, ''::bytea ORDER BY index) FROM audit.leaves
WHERE index >= %s AND index < %s
"""
BLOCKS = "SELECT string_agg(hash, ''::bytea ORDER BY index) FROM audit.blocks WHERE index < %s"
MOST_REMEMBERED = 100_000


class Cursor(Protocol):
    def execute(self, query: str, params: list[Any], /) -> object: ...
    def fetchone(self) -> Any: ...


@dataclass(slots=True)
class Prover:
    """Proofs towards the tree of the first `size` leaves."""

    cursor: Cursor
    size: int
    blocks: tuple[bytes, ...] = ()
    leaves: tuple[int, tuple[bytes, ...]] = (-1, ())
    known: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.blocks = self._hashes(BLOCKS, self.size // BLOCK)

    def inclusion(self, index: int) -> list[bytes]:
        return merkle.inclusion_path(index, self.size, self.subtree)

    def consistency(self, old: int) -> list[bytes]:
        return merkle.consistency_path(old, self.size, self.subtree)

    def subtree(self, first: int, count: int) -> bytes:
        """The root of so many leaves from `first` on; those of whole blocks are stored."""
        found = self.known.get((first, count))
        if found is None:
            found = self._subtree(first, count)
            if len(self.known) >= MOST_REMEMBERED:
                self.known.clear()
            self.known[first, count] = found
        return found

    def _subtree(self, first: int, count: int) -> bytes:
        block, offset = divmod(first, BLOCK)
        if count == BLOCK and offset == 0 and block < len(self.blocks):
            return self.blocks[block]
        if count <= BLOCK:
            return merkle.root_of(self._block(block)[offset : offset + count])
        middle = merkle.split(count)
        left = self.subtree(first, middle)
        return merkle.node_hash(left, self.subtree(first + middle, count - middle))

    def _block(self, block: int) -> tuple[bytes, ...]:
        """The leaves of one block; the newest one read is remembered, as exports go in order."""
        if self.leaves[0] != block:
            last = min((block + 1) * BLOCK, self.size)
            self.leaves = (block, self._hashes(LEAVES, block * BLOCK, last))
        return self.leaves[1]

    def _hashes(self, query: str, *bounds: int) -> tuple[bytes, ...]:
        self.cursor.execute(query, list(bounds))
        return merkle.unpacked(bytes(self.cursor.fetchone()[0] or b""))
