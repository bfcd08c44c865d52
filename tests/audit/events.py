"""Events that only tests record."""

from dataclasses import dataclass
from enum import StrEnum

from audit.events import Event, Outcome, Ref

ANA = Ref("user", "ana")


class Colour(StrEnum):
    GREEN = "green"


@dataclass(frozen=True, kw_only=True)
class Made(Event):
    act = "test.made"
    summary = "made something"


@dataclass(frozen=True, kw_only=True)
class Other(Event):
    act = "test.other"
    summary = "did something else"


@dataclass(frozen=True, kw_only=True)
class Refused(Event):
    act = "test.refused"
    summary = "was refused"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class Detailed(Event):
    act = "test.detailed"
    summary = "did something in detail"
    number: int = 1
    flag: bool = True
    colour: Colour = Colour.GREEN
    other: Ref | None = None
