import base64
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured

from crypto import keyring
from crypto.errors import CiphertextRefused, KeyMissing


def encoded(byte: int, *, length: int = 32) -> str:
    return base64.b64encode(bytes([byte]) * length).decode()


def test_the_first_key_wraps_and_the_others_still_unwrap() -> None:
    old = keyring.parse(f"1:{encoded(1)}")
    both = keyring.parse(f"2:{encoded(2)},1:{encoded(1)}")
    dek = uuid4()
    wrapped = old.wrap(b"k" * 32, dek=dek, scope="user:a")
    assert both.current == "2"
    assert both.unwrap(wrapped, kek="1", dek=dek, scope="user:a") == b"k" * 32


def test_a_wrapped_key_moved_to_another_scope_is_refused() -> None:
    ring = keyring.parse(f"1:{encoded(1)}")
    dek = uuid4()
    wrapped = ring.wrap(b"k" * 32, dek=dek, scope="user:a")
    with pytest.raises(CiphertextRefused):
        ring.unwrap(wrapped, kek="1", dek=dek, scope="user:b")


def test_a_key_that_was_taken_away_is_named_without_its_bytes() -> None:
    ring = keyring.parse(f"1:{encoded(1)}")
    with pytest.raises(KeyMissing, match="named 7"):
        replace(ring, current="7").wrap(b"", dek=uuid4(), scope="user:a")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "1",
        "1:",
        "1:not base64",
        f"1:{encoded(1, length=31)}",
        f"1:{encoded(1)},1:{encoded(2)}",
        f"Ä:{encoded(1)}",
    ],
)
def test_a_malformed_setting_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        keyring.parse(text)
    assert encoded(1) not in str(refused.value)
