"""Proofs against the reference tree of RFC 6962, and against every way to bend one."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle, verify
from audit.verify import Checkpoint, Wrong

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "rfc6962.json").read_text()
)
LEAVES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
SIZES = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [hashlib.sha256(bytes([number])).digest() for number in range(size)]


def subtree_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda first, count: merkle.root_of(leaves[first : first + count])


def checkpoint_of(leaves: list[bytes]) -> Checkpoint:
    return Checkpoint("log", len(leaves), merkle.root_of(leaves))


def test_the_roots_of_the_reference_tree() -> None:
    for size, root in VECTORS["roots"].items():
        leaves = LEAVES[: int(size)]
        assert merkle.root_of(leaves).hex() == root
        assert verify.root_of(verify.grown((), 0, leaves)).hex() == root


def test_the_inclusion_proofs_of_the_reference_tree() -> None:
    for vector in VECTORS["inclusion"]:
        index, size = vector["index"], vector["size"]
        path = merkle.inclusion_path(index, size, subtree_of(LEAVES))
        assert [node.hex() for node in path] == vector["proof"]
        root = verify.root_from_inclusion(index, size, LEAVES[index], path)
        assert root.hex() == VECTORS["roots"][str(size)]


def test_the_consistency_proofs_of_the_reference_tree() -> None:
    for vector in VECTORS["consistency"]:
        old, size = vector["old"], vector["size"]
        path = merkle.consistency_path(old, size, subtree_of(LEAVES))
        assert [node.hex() for node in path] == vector["proof"]
        verify.check_consistency(checkpoint_of(LEAVES[:old]), checkpoint_of(LEAVES[:size]), path)


@given(SIZES, st.data())
def test_every_leaf_is_proven_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_path(index, size, subtree_of(leaves))
    root = merkle.root_of(leaves)
    assert verify.root_from_inclusion(index, size, leaves[index], path) == root
    assert verify.root_from_inclusion(index, size, bytes(32), path) != root


@given(SIZES, st.data())
def test_a_bent_inclusion_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_path(index, size, subtree_of(leaves))
    for bent in bends(path, data):
        try:
            found = verify.root_from_inclusion(index, size, leaves[index], bent)
        except Wrong:
            continue
        assert found != merkle.root_of(leaves)


@given(SIZES, st.data())
def test_a_longer_log_is_proven_to_continue_the_shorter(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size))
    path = merkle.consistency_path(old, size, subtree_of(leaves))
    verify.check_consistency(checkpoint_of(leaves[:old]), checkpoint_of(leaves), path)
    verify.check_consistency(checkpoint_of([]), checkpoint_of(leaves), [])


@given(st.integers(2, 70), st.data())
def test_a_rewritten_log_has_no_proof_that_it_continues(size: int, data: st.DataObject) -> None:
    """Whatever proof the new log hands out: its own honest one, and bent ones."""
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:changed], bytes(32), *leaves[changed + 1 :]]
    honest = merkle.consistency_path(old, size, subtree_of(rewritten))
    for proof in (honest, *bends(honest, data)):
        with pytest.raises(Wrong):
            verify.check_consistency(checkpoint_of(leaves[:old]), checkpoint_of(rewritten), proof)


def test_a_shorter_log_is_a_cut_one() -> None:
    with pytest.raises(Wrong, match="tail was cut: 8 entries were there, the log ends after 7"):
        verify.check_consistency(checkpoint_of(LEAVES), checkpoint_of(LEAVES[:7]), [])


def test_another_tree_of_the_same_size_is_a_rewritten_one() -> None:
    other = checkpoint_of([*LEAVES[:7], bytes(32)])
    with pytest.raises(Wrong, match="rewritten: its first 8 entries"):
        verify.check_consistency(checkpoint_of(LEAVES), other, [])


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        merkle.inclusion_path(index, size, subtree_of(LEAVES))
    with pytest.raises(Wrong, match="outside"):
        verify.root_from_inclusion(index, size, LEAVES[0], [])


@pytest.mark.parametrize("old", [0, 9])
def test_a_log_continues_only_a_shorter_one(old: int) -> None:
    with pytest.raises(ValueError, match="smaller"):
        merkle.consistency_path(old, 8, subtree_of(LEAVES))


def bends(path: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """Too long, too short, one node changed."""
    bent = [[*path, bytes(32)]]
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        bent += [path[:-1], [*path[:at], bytes(32), *path[at + 1 :]]]
    return bent
