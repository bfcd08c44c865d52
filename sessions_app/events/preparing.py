"""Audit events of what is prepared before any session."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class Rehearsed(Event):
    """`reason` is what was tried."""

    act: ClassVar[str] = "prepare.tried"
    summary: ClassVar[str] = "tried something out before a session"


@dataclass(frozen=True, kw_only=True)
class RehearsalShown(Event):
    act: ClassVar[str] = "prepare.shown"
    summary: ClassVar[str] = "opened a page for trying something out"


@dataclass(frozen=True, kw_only=True)
class SignShown(Event):
    act: ClassVar[str] = "sign.shown"
    summary: ClassVar[str] = "opened a sign for the own door"


@dataclass(frozen=True, kw_only=True)
class ChecklistViewed(Event):
    act: ClassVar[str] = "checklist.viewed"
    summary: ClassVar[str] = "opened the checklist of a private space"


@dataclass(frozen=True, kw_only=True)
class ChecklistChanged(Event):
    act: ClassVar[str] = "checklist.changed"
    summary: ClassVar[str] = "changed the checklist of a private space"
    items: int


@dataclass(frozen=True, kw_only=True)
class OnboardingViewed(Event):
    act: ClassVar[str] = "onboarding.viewed"
    summary: ClassVar[str] = "saw the own steps of getting started"


@dataclass(frozen=True, kw_only=True)
class OnboardingsViewed(Event):
    act: ClassVar[str] = "onboarding.listed"
    summary: ClassVar[str] = "saw how far a group's people are in getting started"
