"""Turns one text frame into one client message, or into one `MessageRefused`.

MUST NOT let any other exception out, whatever the bytes are (tests fuzz it).
"""

import json
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from sessions_app.messages.bounds import Between, MaxLength
from sessions_app.messages.client import CLIENT_MESSAGES, ClientMessage

MAX_FRAME_BYTES = 131_072
_KINDS = {kind.type: kind for kind in CLIENT_MESSAGES}


class MessageRefused(Exception):
    """`code` says what is wrong: too_long, malformed, unknown_type, wrong_fields or wrong_value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(text: str) -> ClientMessage:
    """The message in `text`; raises MessageRefused."""
    values = _object(text)
    kind = _KINDS.get(_word(values.pop("type", None)))
    if kind is None:
        raise MessageRefused("unknown_type")
    hints = _hints(kind)
    if not _required(kind) <= values.keys() <= hints.keys():
        raise MessageRefused("wrong_fields")
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _object(text: str) -> dict[str, Any]:
    if len(text.encode(errors="surrogatepass")) > MAX_FRAME_BYTES:
        raise MessageRefused("too_long")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageRefused("malformed") from error
    if not isinstance(values, dict):
        raise MessageRefused("malformed")
    return values


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


@cache
def _hints(kind: type[ClientMessage]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in hints.items() if name in names}


@cache
def _required(kind: type[ClientMessage]) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind) if field.default is MISSING)


def _value(hint: Any, value: object) -> object:
    bounds: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        bounds = tuple(rest)
    if hint is UUID or issubclass(hint, StrEnum):
        return _named(hint, value)
    if type(value) is not hint:
        raise MessageRefused("wrong_value")
    for bound in bounds:
        _keep(bound, value)
    return value


def _named(hint: type[UUID] | type[StrEnum], value: object) -> object:
    """An enum member or an id; ids only in their one canonical spelling."""
    try:
        named = hint(_word(value))
    except ValueError as error:
        raise MessageRefused("wrong_value") from error
    if str(named) != value:
        raise MessageRefused("wrong_value")
    return named


def _keep(bound: object, value: object) -> None:
    if isinstance(bound, MaxLength) and isinstance(value, str):
        kept = len(value) <= bound.characters and _is_text(value)
    elif isinstance(bound, Between) and isinstance(value, int):
        kept = bound.low <= value <= bound.high
    else:
        raise TypeError(bound)
    if not kept:
        raise MessageRefused("wrong_value")


def _is_text(value: str) -> bool:
    """JSON can spell half a surrogate pair, which nothing behind us could encode again."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
