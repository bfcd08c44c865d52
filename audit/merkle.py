"""RFC 6962 Merkle trees over audit entries, as pure functions on bytes. Imports nothing of ours.

A tree of n leaves is held as its frontier: the roots of the perfect subtrees that n's binary
digits name, the largest first. Appending needs the frontier alone, O(log n).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
BLOCK = 1024
EMPTY_ROOT = hashlib.sha256(b"").digest()

# The root of so many leaves from the first one on: `subtree(first, count)`.
Subtree = Callable[[int, int], bytes]


def leaf_hash(body: bytes) -> bytes:
    """RFC 6962 §2.1: the 0x00 keeps a leaf from being passed off as a node."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def appended(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[bytes, ...]:
    """The frontier of `size + 1` leaves. Raises ValueError when frontier and size disagree."""
    if len(frontier) != size.bit_count():
        raise ValueError("the frontier does not belong to this size")
    stack = [*frontier, leaf]
    while size & 1:
        right = stack.pop()
        stack.append(node_hash(stack.pop(), right))
        size >>= 1
    return tuple(stack)


def extended(frontier: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    grown = tuple(frontier)
    for offset, leaf in enumerate(leaves):
        grown = appended(grown, size + offset, leaf)
    return grown


def root(frontier: Sequence[bytes]) -> bytes:
    """The tree's root: the frontier folded from its smallest subtree upwards."""
    if not frontier:
        return EMPTY_ROOT
    folded = frontier[-1]
    for left in reversed(frontier[:-1]):
        folded = node_hash(left, folded)
    return folded


def split(size: int) -> int:
    """RFC 6962 §2.1: the largest power of two below `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    return root(extended((), 0, leaves))


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """RFC 6962 §2.1.1: the siblings on the way from a leaf to the root, the nearest first."""
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + split(last - first)
        if index < middle:
            path.append(subtree(middle, last - middle))
            last = middle
        else:
            path.append(subtree(first, middle - first))
            first = middle
    return path[::-1]


def consistency_path(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """RFC 6962 §2.1.2: shows that the first `old` leaves of the tree are the tree of then."""
    if not 0 < old <= size:
        raise ValueError("the older tree is not the smaller one")
    path: list[bytes] = []
    first, last, is_known = 0, size, True
    while old < last:
        middle = first + split(last - first)
        if old <= middle:
            path.append(subtree(middle, last - middle))
            last = middle
        else:
            path.append(subtree(first, middle - first))
            first, is_known = middle, False
    if not is_known:
        path.append(subtree(first, last - first))
    return path[::-1]


def packed(frontier: Sequence[bytes]) -> bytes:
    return b"".join(frontier)


def unpacked(data: bytes) -> tuple[bytes, ...]:
    """Raises ValueError on anything that `packed` did not write."""
    if len(data) % HASH_BYTES:
        raise ValueError("a frontier is a row of whole hashes")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))
