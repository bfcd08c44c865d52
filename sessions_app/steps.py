"""The way in, in order: which page comes next, and how far a person has come."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from sessions_app import gates
from sessions_app.gates import Attempt

# Choosing devices is a step and not a gate: it may be skipped and is never asked by the socket.
DEVICES = "devices"
AFTER_DEVICES = frozenset({"browser", "passphrase"})
TITLES = {
    "reminder": "Reminder",
    "environment": "My space",
    "location": "Where I am",
    DEVICES: "Sound and picture",
    "passphrase": "Passphrase",
    "room": "Waiting room",
}
FOR_MEMBERS_ONLY = frozenset({"location", "passphrase"})


class Progress(StrEnum):
    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    state: Progress


def next_page(attempt: Attempt) -> str:
    """The page of the first closed gate, with the devices between location and the last ones."""
    closed = gates.first_closed(attempt)
    if closed is not None and closed.name not in AFTER_DEVICES:
        return closed.url(attempt)
    if attempt.prejoin.devices_at is None:
        return reverse("sessions:devices", args=[attempt.session.pk])
    if closed is not None:
        return closed.url(attempt)
    return reverse("sessions:room", args=[attempt.session.pk])


def steps_of(attempt: Attempt, now: str) -> list[Step]:
    """For the progress line above each page."""
    names = [name for name in TITLES if _is_asked(name, attempt)]
    here = names.index(now)
    return [
        Step(_title(name, attempt), _progress(position, here))
        for position, name in enumerate(names)
    ]


def _is_asked(name: str, attempt: Attempt) -> bool:
    if attempt.is_host and name in FOR_MEMBERS_ONLY:
        return False
    return name != "passphrase" or attempt.session.group.has_passphrase


def _title(name: str, attempt: Attempt) -> str:
    return "Room" if name == "room" and attempt.is_host else TITLES[name]


def _progress(position: int, here: int) -> Progress:
    if position == here:
        return Progress.NOW
    return Progress.DONE if position < here else Progress.AHEAD
