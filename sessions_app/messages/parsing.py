"""Turns one text frame into one client message, or into one `MessageRefused`.

MUST NOT let any other exception out, whatever the bytes are (tests fuzz it).
"""

import json
import types
from base64 import b64decode
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from sessions_app.messages.base import ClientMessage
from sessions_app.messages.bounds import Between, MaxBytes, MaxItems, MaxLength
from sessions_app.messages.client import CLIENT_MESSAGES

MAX_FRAME_BYTES = 131_072


class MessageRefused(Exception):
    """`code` says what is wrong: too_long, malformed, unknown_type, wrong_fields or wrong_value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _hints(kind: type[ClientMessage]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in fields(kind)}


_KINDS = {kind.type: (kind, _hints(kind)) for kind in CLIENT_MESSAGES}


def parse(text: str) -> ClientMessage:
    """The message in `text`; raises MessageRefused."""
    values = _object(text)
    found = _KINDS.get(_word(values.pop("type", None)))
    if found is None:
        raise MessageRefused("unknown_type")
    kind, hints = found
    if values.keys() != hints.keys():
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


def _value(hint: Any, value: object) -> object:
    bounds: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        bounds = tuple(rest)
    if isinstance(hint, types.UnionType):
        return None if value is None else _value(get_args(hint)[0], value)
    if get_origin(hint) is list:
        return _list(get_args(hint)[0], bounds, value)
    if hint is bytes:
        value = _decoded(value)
    if hint is UUID or issubclass(hint, StrEnum):
        return _named(hint, value)
    if type(value) is not hint or not all(_keeps(bound, value) for bound in bounds):
        raise MessageRefused("wrong_value")
    return value


def _list(hint: Any, bounds: tuple[object, ...], value: object) -> object:
    if not isinstance(value, list) or not all(_keeps(bound, value) for bound in bounds):
        raise MessageRefused("wrong_value")
    return [_value(hint, one) for one in value]


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise MessageRefused("wrong_value")
    try:
        return b64decode(value, validate=True)
    except ValueError as error:
        raise MessageRefused("wrong_value") from error


def _named(hint: type[UUID] | type[StrEnum], value: object) -> object:
    """An enum member or an id; ids only in their one canonical spelling."""
    try:
        named = hint(_word(value))
    except ValueError as error:
        raise MessageRefused("wrong_value") from error
    if str(named) != value:
        raise MessageRefused("wrong_value")
    return named


def _keeps(bound: object, value: object) -> bool:
    if isinstance(bound, MaxLength) and isinstance(value, str):
        return len(value) <= bound.characters and _is_text(value)
    if isinstance(bound, MaxBytes) and isinstance(value, bytes):
        return len(value) <= bound.count
    if isinstance(bound, MaxItems) and isinstance(value, list):
        return len(value) <= bound.count
    if isinstance(bound, Between) and isinstance(value, int):
        return bound.low <= value <= bound.high
    raise TypeError(bound)


def _is_text(value: str) -> bool:
    """JSON can spell half a surrogate pair, which nothing behind us could encode again."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
