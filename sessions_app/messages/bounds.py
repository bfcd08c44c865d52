"""Bounds that a message's field declares: `Annotated[str, MaxLength(40)]`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MaxLength:
    """Longest text, in characters. A text field without it is refused when its class is read."""

    characters: int


@dataclass(frozen=True, slots=True)
class MaxBytes:
    """Longest binary value, in bytes; on the wire it is base64 (RFC 4648, section 4, padded)."""

    count: int


@dataclass(frozen=True, slots=True)
class Between:
    """Smallest and largest whole number, both allowed."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class MaxItems:
    """Longest list a message may carry."""

    count: int
