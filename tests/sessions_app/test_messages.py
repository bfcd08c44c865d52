"""Frames from outside: each is one message, or one clear refusal, whatever the bytes are."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.messages import CLIENT_MESSAGES, MAX_FRAME_BYTES, MessageRefused, parse
from sessions_app.messages import client as said
from sessions_app.states import BlockScope, DecisionReason, SeatMode

CODES = {"too_long", "malformed", "unknown_type", "wrong_fields", "wrong_value"}
WORDS = [kind.type for kind in CLIENT_MESSAGES]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["mode", "n", "sdp", "mic", "camera", "private", "away", "admission", "scope", "reason"]
)


def refusal_of(text: str) -> str:
    with pytest.raises(MessageRefused) as refused:
        parse(text)
    return refused.value.code


def test_a_message_is_read_with_its_own_types() -> None:
    admission = uuid4()
    assert parse('{"type": "hello", "mode": "audio"}') == said.Hello(mode=SeatMode.AUDIO)
    text = json.dumps(
        {"type": "remove", "admission": str(admission), "scope": "group", "reason": "safety"}
    )
    assert parse(text) == said.Remove(
        admission=admission, scope=BlockScope.GROUP, reason=DecisionReason.SAFETY
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("[]", "malformed"),
        ("null", "malformed"),
        ("{", "malformed"),
        ("[" * 100_000, "malformed"),
        ('{"type": "hello"}', "wrong_fields"),
        ('{"type": "hello", "mode": "video", "host": true}', "wrong_fields"),
        ('{"type": "hello", "mode": "VIDEO"}', "wrong_value"),
        ('{"type": "hello", "mode": 1}', "wrong_value"),
        ('{"type": "ack", "n": true}', "wrong_value"),
        ('{"type": "ack", "n": -1}', "wrong_value"),
        ('{"type": "ack", "n": 1e400}', "wrong_value"),
        ('{"type": "ack", "n": ' + "9" * 5000 + "}", "malformed"),
        ('{"type": "state", "mic": 1, "camera": 0, "private": 0, "away": 0}', "wrong_value"),
        ('{"type": "admit", "admission": "not-an-id"}', "wrong_value"),
        ('{"type": "admit", "admission": "{00000000-0000-0000-0000-000000000000}"}', "wrong_value"),
        ('{"type": "offer", "sdp": "\\ud800"}', "wrong_value"),
        ('{"type": "snapshot"}', "unknown_type"),
        ('{"type": ["hello"]}', "unknown_type"),
        ('{"mode": "video"}', "unknown_type"),
        (json.dumps({"type": "offer", "sdp": "x" * 98_305}), "wrong_value"),
        ("x" * (MAX_FRAME_BYTES + 1), "too_long"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_kind_of_wrong_frame_has_its_code(text: str, code: str) -> None:
    assert refusal_of(text) == code


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_no_text_makes_another_error(text: str) -> None:
    assert refusal_of(text) in CODES


@given(st.dictionaries(FIELDS, JSON), st.sampled_from(WORDS))
def test_no_fields_make_another_error(fields: dict[str, Any], word: str) -> None:
    assert outcome(json.dumps({"type": word, **fields})) in {word, *CODES}


def outcome(text: str) -> str:
    try:
        return parse(text).type
    except MessageRefused as refused:
        return refused.code
