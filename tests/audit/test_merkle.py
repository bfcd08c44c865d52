"""Against a second implementation that follows RFC 6962 §2.1 word for word."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle

LEAVES = st.lists(st.binary(max_size=40), max_size=70)


def rfc_root(entries: list[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = rfc_root(entries[:split]), rfc_root(entries[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(
    entries: list[bytes], frontier: tuple[bytes, ...] = (), size: int = 0
) -> tuple[bytes, ...]:
    return merkle.extended(frontier, size, map(merkle.leaf_hash, entries))


@given(LEAVES)
def test_the_root_is_the_one_of_the_rfc(entries: list[bytes]) -> None:
    assert merkle.root(grown(entries)) == rfc_root(entries)


@given(LEAVES, LEAVES)
def test_a_tree_grown_in_two_steps_is_the_same(first: list[bytes], second: list[bytes]) -> None:
    assert grown(second, grown(first), len(first)) == grown(first + second)


@given(LEAVES)
def test_a_frontier_survives_storage_and_has_one_hash_for_each_binary_digit(
    entries: list[bytes],
) -> None:
    frontier = grown(entries)
    assert len(frontier) == len(entries).bit_count()
    assert merkle.unpacked(merkle.packed(frontier)) == frontier


@given(LEAVES.filter(bool), st.data())
def test_one_changed_entry_changes_the_root(entries: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    changed = [*entries[:at], entries[at] + b"!", *entries[at + 1 :]]
    assert merkle.root(grown(changed)) != merkle.root(grown(entries))


def test_the_known_answers_of_certificate_transparency() -> None:
    """The eight leaves of the CT reference tests (google/certificate-transparency)."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves.append("606162636465666768696a6b6c6d6e6f")
    entries = [bytes.fromhex(leaf) for leaf in leaves]
    assert merkle.root(grown(entries)).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        merkle.appended((), 1, merkle.leaf_hash(b""))


def test_a_frontier_cut_short_is_refused() -> None:
    with pytest.raises(ValueError, match="whole hashes"):
        merkle.unpacked(b"\x00" * 33)
