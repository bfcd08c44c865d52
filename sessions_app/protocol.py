"""Writes the wire protocol down twice from its dataclasses: as TypeScript and as documentation."""

import types
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from inspect import cleandoc
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from sessions_app import states
from sessions_app.messages import (
    HOST_MESSAGES,
    MAX_FRAME_BYTES,
    MEMBER_MESSAGES,
    SERVER_MESSAGES,
    ClientMessage,
    ServerMessage,
    server,
)
from sessions_app.messages.bounds import Between, MaxBytes, MaxItems, MaxLength

ENUMS: tuple[type[StrEnum], ...] = (
    states.SessionState,
    states.AdmissionState,
    states.SeatMode,
    states.BlockScope,
    states.DecisionReason,
    states.OverrideReason,
    states.KeyStanding,
    server.TileRole,
    server.TransportState,
    server.SlotSource,
    server.CameraLayer,
    server.LineState,
)
HEADER = "// Written by `manage.py protocol` from sessions_app/messages. Do not edit.\n"
BEGIN, END = "<!-- messages: written by manage.py protocol -->\n", "<!-- /messages -->\n"
_RENAMED = {"Error": "ErrorMessage", "State": "StateMessage", "Slots": "SlotsMessage"}
_PLAIN: dict[object, str] = {
    str: "string",
    int: "number",
    bool: "boolean",
    bytes: "string",
    UUID: "string",
    datetime: "string",
    type(None): "null",
}


def typescript() -> str:
    """The whole of frontend/src/room/protocol.gen.ts."""
    client = (*MEMBER_MESSAGES, *HOST_MESSAGES)
    blocks = [
        HEADER,
        f"export const MAX_FRAME_BYTES = {MAX_FRAME_BYTES};\n",
        *(_union(enum) for enum in ENUMS),
        *(_interface(part) for part in server.SERVER_PARTS),
        *(_interface(kind, _wire_type(kind)) for kind in client),
        *(_interface(kind, ["n: number", *_wire_type(kind)]) for kind in SERVER_MESSAGES),
        _message_union("ClientMessage", client),
        _message_union("ServerMessage", SERVER_MESSAGES),
    ]
    return "\n".join(blocks)


def reference() -> str:
    """The tables of docs/protocol.md, markers included."""
    blocks = [
        BEGIN,
        "### From everybody\n",
        *(_section(kind) for kind in MEMBER_MESSAGES),
        "### From hosts\n",
        *(_section(kind) for kind in HOST_MESSAGES),
        "### From the server\n",
        *(_section(kind) for kind in SERVER_MESSAGES),
        "### Parts\n",
        *(_section(part) for part in server.SERVER_PARTS),
        "### Words\n",
        *(_words(enum) for enum in ENUMS),
        END,
    ]
    return "\n".join(blocks)


def with_reference(document: str) -> str:
    """`document` with the part between the markers replaced; ValueError without markers."""
    before, found, rest = document.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise ValueError("docs/protocol.md has lost its markers")
    return before + reference() + after


def ts_name(kind: type[object]) -> str:
    """`Error` and `State` would hide or confuse names of the browser's own."""
    return _RENAMED.get(kind.__name__, kind.__name__)


def _wire_type(kind: type[Any]) -> list[str]:
    return [f'type: "{kind.type}"']


def _union(enum: type[StrEnum]) -> str:
    members = "".join(f'\n  | "{member.value}"' for member in enum)
    return f"export type {enum.__name__} ={members};\n"


def _message_union(name: str, kinds: Iterable[type[object]]) -> str:
    members = "".join(f"\n  | {ts_name(kind)}" for kind in kinds)
    return f"export type {name} ={members};\n"


def _interface(kind: type[object], first: Iterable[str] = ()) -> str:
    lines = [*first, *(f"{name}: {_ts(hint)}" for name, hint in _fields(kind))]
    body = "".join(f"  {line};\n" for line in lines)
    doc = cleandoc(kind.__doc__ or "").splitlines()[0]
    comment = "" if doc.startswith(f"{kind.__name__}(") else f"/** {doc} */\n"
    return f"{comment}export interface {ts_name(kind)} {{\n{body}}}\n"


def _fields(kind: type[object]) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    return [(field.name, hints[field.name]) for field in fields(kind)]  # type: ignore[arg-type]  # all are dataclasses


def _ts(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is Annotated:
        return _ts(get_args(hint)[0])
    if origin in (Union, types.UnionType):
        return " | ".join(_ts(part) for part in get_args(hint))
    if origin is list:
        return f"{_ts(get_args(hint)[0])}[]"
    return _PLAIN.get(hint) or ts_name(hint)


def _bound(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        return _bound(get_args(hint)[0])
    if get_origin(hint) is not Annotated:
        return ""
    return "".join(_bound_words(bound) for bound in get_args(hint)[1:])


def _bound_words(bound: object) -> str:
    match bound:
        case MaxLength(characters):
            return f", at most {characters} characters"
        case MaxBytes(count):
            return f", base64 of at most {count} bytes"
        case Between(low, high):
            return f", {low} to {high}"
        case MaxItems(count):
            return f", at most {count}"
        case _:
            raise TypeError(bound)


def _section(kind: type[object]) -> str:
    is_message = issubclass(kind, ClientMessage | ServerMessage)
    title = getattr(kind, "type", kind.__name__) if is_message else kind.__name__
    doc = cleandoc(kind.__doc__ or "").replace("\n", " ")
    said = "" if doc.startswith(f"{kind.__name__}(") else f"{doc}\n\n"
    rows = "".join(f"- `{name}`: {_ts(hint)}{_bound(hint)}\n" for name, hint in _fields(kind))
    return f"#### `{title}`\n\n{said}{rows}".rstrip("\n") + "\n"


def _words(enum: type[StrEnum]) -> str:
    return f"- `{enum.__name__}`: " + ", ".join(f"`{member.value}`" for member in enum) + "\n"
