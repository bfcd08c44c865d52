"""What an audit event is: who it concerns, in ids and codes, never in words about a person.

Each app lists its own events in its `events.py`; a subclass registers itself by its `act`. Actor,
address and the like are not here: they are the `Origin` (audit/context.py) and are added when the
event is recorded.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from audit.errors import EventMalformed


class Outcome(StrEnum):
    OK = "ok"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ref:
    """An opaque reference: a kind word and an id, so that erasing a row never breaks the log."""

    kind: str
    id: UUID | str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Subclasses set `act` and `summary` and may add fields of Detail types.

    `summary` completes the sentence "<somebody> …" on the compliance desk. `reason` is a code
    such as `member.request`, MUST NOT be prose.
    """

    act: ClassVar[str]
    summary: ClassVar[str] = ""
    object: Ref | None = None
    subject: Ref | None = None
    group: Ref | None = None
    session: Ref | None = None
    reason: str = ""
    outcome: Outcome = Outcome.OK

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        act = cls.__dict__.get("act")
        if act is None:
            raise TypeError(f"{cls.__name__} needs an act")
        known = _registry.get(act)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"{cls.__name__} and {known.__name__} both claim {act}")
        _registry[act] = cls

    @staticmethod
    def registry() -> MappingProxyType[str, type["Event"]]:
        """Every event type by its act, as far as its app's `events.py` was imported."""
        return MappingProxyType(_registry)

    def details(self) -> dict[str, "Detail"]:
        """The fields that a subclass added. Raises EventMalformed on free text."""
        found: dict[str, Detail] = {}
        for field in fields(self):
            if field.name not in _BASE_FIELDS:
                found[field.name] = _detail(field.name, getattr(self, field.name))
        return found


Detail = bool | int | str | None
_registry: dict[str, type[Event]] = {}
_BASE_FIELDS = frozenset(field.name for field in fields(Event))


def _detail(name: str, value: object) -> Detail:
    """Only numbers, flags, enum words and references: a plain string could carry a name."""
    match value:
        case StrEnum():
            return value.value
        case Ref():
            return str(value)
        case bool() | int() | None:
            return value
    raise EventMalformed(f"{name} holds {type(value).__name__}, which may carry personal data")
