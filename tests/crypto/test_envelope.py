import os
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import envelope
from crypto.errors import CiphertextRefused

KEY = bytes(range(32))
ROW = UUID("11111111-1111-4111-8111-111111111111")
BOUND = envelope.binding("groups.Membership.alias", ROW)


def sealed(plain: bytes = b"Ana", *, bound_to: bytes = BOUND) -> bytes:
    return envelope.seal(KEY, kek="1", dek=uuid4(), plain=plain, bound_to=bound_to)


def opened(data: bytes, *, bound_to: bytes = BOUND, key: bytes = KEY) -> bytes:
    return envelope.open_sealed(key, envelope.unpack(data), bound_to=bound_to)


@given(st.binary(max_size=500))
def test_what_is_sealed_is_opened(plain: bytes) -> None:
    assert opened(sealed(plain)) == plain


def test_the_header_names_both_keys() -> None:
    dek = uuid4()
    data = envelope.seal(KEY, kek="2026", dek=dek, plain=b"", bound_to=BOUND)
    found = envelope.unpack(data)
    assert (found.kek, found.dek) == ("2026", dek)
    assert len(data) == 1 + 1 + 4 + 16 + 12 + 16


def test_the_same_words_never_look_the_same() -> None:
    assert sealed() != sealed()


@pytest.mark.parametrize("label", ["groups.Membership.pronouns", "accounts.Profile.alias"])
def test_a_ciphertext_moved_to_another_column_is_refused(label: str) -> None:
    with pytest.raises(CiphertextRefused):
        opened(sealed(), bound_to=envelope.binding(label, ROW))


def test_a_ciphertext_moved_to_another_row_is_refused() -> None:
    with pytest.raises(CiphertextRefused):
        opened(sealed(), bound_to=envelope.binding("groups.Membership.alias", uuid4()))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(CiphertextRefused):
        opened(sealed(), key=os.urandom(32))


@given(st.data())
def test_a_flipped_bit_is_refused(data: st.DataObject) -> None:
    """Bits of the key names only choose a key; every other bit is authenticated."""
    box = bytearray(sealed())
    first_authenticated = 1 + 1 + 1 + 16
    at = data.draw(st.integers(first_authenticated, len(box) - 1))
    box[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CiphertextRefused):
        opened(bytes(box))


@given(st.binary(max_size=80))
def test_random_bytes_are_refused_with_one_error(data: bytes) -> None:
    with pytest.raises(CiphertextRefused):
        opened(data)


@given(st.integers(0, 48))
def test_a_ciphertext_cut_short_is_refused(length: int) -> None:
    with pytest.raises(CiphertextRefused):
        opened(sealed()[:length])
