import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit import note

KEY = note.signing_key(base64.b64encode(bytes(range(32))).decode())
OTHER = Ed25519PrivateKey.generate()
CHECKPOINT = note.Checkpoint("quietroom.example/audit", 5, bytes(32))


@given(st.integers(1, 2**62), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_is_read_back(size: int, root: bytes) -> None:
    checkpoint = note.Checkpoint("quietroom.example/audit", size, root)
    assert note.verify(note.sign(checkpoint, KEY), KEY.public_key()) == checkpoint


def test_the_note_has_the_form_of_c2sp() -> None:
    lines = note.sign(CHECKPOINT, KEY).split("\n")
    assert lines[:4] == ["quietroom.example/audit", "5", base64.b64encode(bytes(32)).decode(), ""]
    assert lines[4].startswith("\u2014 quietroom.example/audit ")
    assert lines[5:] == [""]
    assert len(base64.b64decode(lines[4].split(" ")[2])) == 4 + 64


def test_the_verifier_key_carries_the_hash_that_signatures_name() -> None:
    name, key_id, public = note.verifier_key(CHECKPOINT.origin, KEY.public_key()).split("+", 2)
    signature = note.sign(CHECKPOINT, KEY).split(" ")[-1]
    assert name == CHECKPOINT.origin
    assert base64.b64decode(signature)[:4].hex() == key_id
    assert base64.b64decode(public)[0] == 1


def test_another_key_is_refused() -> None:
    with pytest.raises(note.NoteRefused):
        note.verify(note.sign(CHECKPOINT, OTHER), KEY.public_key())


@pytest.mark.parametrize(
    ("told", "changed"),
    [("\n5\n", "\n6\n"), ("example/audit\n", "example/other\n"), ("AAAA", "AAAB")],
)
def test_a_changed_line_is_refused(told: str, changed: str) -> None:
    signed = note.sign(CHECKPOINT, KEY)
    with pytest.raises(note.NoteRefused):
        note.verify(signed.replace(told, changed, 1), KEY.public_key())


def test_a_witness_may_sign_beside_us() -> None:
    signed = note.sign(CHECKPOINT, KEY) + "\u2014 witness.example " + "A" * 92 + "\n"
    assert note.verify(signed, KEY.public_key()) == CHECKPOINT


@given(st.text(max_size=200))
def test_any_other_text_is_refused_with_one_error(text: str) -> None:
    with pytest.raises(note.NoteRefused):
        note.verify(text, KEY.public_key())


@pytest.mark.parametrize("encoded", ["", "###", base64.b64encode(bytes(31)).decode()])
def test_a_malformed_signing_key_is_refused(encoded: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        note.signing_key(encoded)
