import json
from dataclasses import dataclass

import pytest

from audit import body
from audit.context import Origin
from audit.errors import EventMalformed
from audit.events import Event, Outcome, Ref
from tests.audit.events import ANA, Detailed, Made

ORIGIN = Origin(
    actor=ANA,
    actor_role="participant",
    auth_strength="passkey",
    address="192.0.2.7",
    device="d",
    request_id="r",
)


def test_every_act_is_in_the_registry_once() -> None:
    assert Event.registry()["test.made"] is Made
    with pytest.raises(TypeError, match="claim"):

        @dataclass(frozen=True, kw_only=True)
        class Impostor(Event):
            act = "test.made"


def test_an_event_without_an_act_is_refused() -> None:
    with pytest.raises(TypeError, match="needs an act"):

        @dataclass(frozen=True, kw_only=True)
        class Nameless(Event):
            pass


def test_the_body_says_everything_in_ids_and_codes() -> None:
    event = Made(subject=ANA, group=Ref("group", "g"), reason="member.request")
    assert json.loads(body.encode(event, ORIGIN, salt=bytes(16))) == {
        "v": 1,
        "act": "test.made",
        "outcome": "ok",
        "actor": "user:ana",
        "actor_role": "participant",
        "on_behalf": None,
        "object": None,
        "subject": "user:ana",
        "group": "group:g",
        "session": None,
        "auth": "passkey",
        "address": "192.0.2.7",
        "device": "d",
        "request": "r",
        "reason": "member.request",
        "details": {},
        "salt": "00" * 16,
    }


def test_the_body_is_canonical() -> None:
    encoded = body.encode(Made(), ORIGIN, salt=bytes(16))
    said = json.loads(encoded)
    assert list(said) == sorted(said)
    assert encoded == body.canonical(said)
    assert b": " not in encoded


def test_each_body_has_its_own_salt() -> None:
    assert body.encode(Made(), ORIGIN) != body.encode(Made(), ORIGIN)


def test_details_hold_numbers_flags_codes_and_references() -> None:
    assert Detailed(other=ANA).details() == {
        "number": 1,
        "flag": True,
        "colour": "green",
        "other": "user:ana",
    }


def test_free_text_in_an_event_is_refused() -> None:
    with pytest.raises(EventMalformed):
        Detailed(number="Ana Ferreira").details()  # type: ignore[arg-type]  # on purpose
    with pytest.raises(EventMalformed):
        body.encode(Made(reason="she asked for it"), ORIGIN)


def test_a_body_that_would_not_fit_is_refused_before_the_database() -> None:
    with pytest.raises(EventMalformed, match="bytes"):
        body.encode(Made(subject=Ref("user", "a" * 5000)), ORIGIN)


def test_outcomes_are_three() -> None:
    assert [outcome.value for outcome in Outcome] == ["ok", "denied", "failed"]
