"""The training of those who lead groups: its modules, and how each stands at a moment.

| standing | what happened                            | opening the doors            |
|----------|------------------------------------------|------------------------------|
| MISSING  | never attested                           | warned or blocked, by policy |
| CURRENT  | attested, still holds                    | open                         |
| EXPIRING | attested, ends within a month            | open, with a word            |
| LAPSED   | attested, and the time has passed        | warned or blocked, by policy |
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOLDS = timedelta(days=365)
TOLD_BEFORE = timedelta(days=30)


class TrainingStanding(StrEnum):
    MISSING = "missing"
    CURRENT = "current"
    EXPIRING = "expiring"
    LAPSED = "lapsed"

    @property
    def holds(self) -> bool:
        return self in (TrainingStanding.CURRENT, TrainingStanding.EXPIRING)


TRAINING_TRANSITIONS: dict[TrainingStanding, frozenset[TrainingStanding]] = {
    TrainingStanding.MISSING: frozenset({TrainingStanding.CURRENT}),
    TrainingStanding.CURRENT: frozenset({TrainingStanding.EXPIRING}),
    TrainingStanding.EXPIRING: frozenset({TrainingStanding.CURRENT, TrainingStanding.LAPSED}),
    TrainingStanding.LAPSED: frozenset({TrainingStanding.CURRENT}),
}


def training_standing(expires_at: datetime | None, now: datetime) -> TrainingStanding:
    """Of the newest attestation; None when there is none."""
    if expires_at is None:
        return TrainingStanding.MISSING
    if now >= expires_at:
        return TrainingStanding.LAPSED
    near = now >= expires_at - TOLD_BEFORE
    return TrainingStanding.EXPIRING if near else TrainingStanding.CURRENT


@dataclass(frozen=True, slots=True)
class TrainingModule:
    """`statement` is what the therapist attests, and stands in the record as it was then."""

    key: str
    title: str
    short: str
    points: tuple[str, ...]
    statement: str


MODULES: tuple[TrainingModule, ...] = (
    TrainingModule(
        "confidentiality",
        "Confidentiality and its limits",
        "What you may promise a group, and what you may not.",
        (
            "You keep what is said. The members promise it to each other; nobody can promise it "
            "for them. Say both, in these words, before the first session.",
            "Name the exceptions of your law before somebody needs one: danger to life, abuse of "
            "a child or a dependent person, an order of a court.",
            "Open a record only when you need it. Each opening is in the log, and the person can "
            "see it.",
            "When something leaked, say so to the group, ask everybody to sign again, and tell "
            "your compliance officer the same day.",
        ),
        "I can explain the limits of confidentiality to a group, and I know what to do when it "
        "is broken.",
    ),
    TrainingModule(
        "online",
        "Leading a group online",
        "What is different when nobody sits in the same room.",
        (
            "Silence is longer online. Say whose turn it is, and that passing is fine.",
            "You see faces only. Ask about what you cannot see: “How is it for you to hear that?”",
            "A camera that is off may be shame, a poor line or a full kitchen. Ask privately.",
            "Two speak, eight watch: invite by name, in a fixed order, and change the order.",
            "Plan the end. Ten minutes before, say that it comes, and how it will be.",
        ),
        "I know how a group online differs from one in a room, and lead mine accordingly.",
    ),
    TrainingModule(
        "room",
        "The waiting room and your tools",
        "Who comes in is your decision, each time.",
        (
            "Compare the full name, and look at “new device”. If you are not sure, ask by "
            "telephone before you let somebody in.",
            "Lock the session when everybody is there.",
            "Return to waiting is for a pause; remove is for this session or for good. Both ask "
            "once, and both stand in the log with your reason.",
            "“Suspend all” stops every sound and picture at once. Use it first, think second.",
        ),
        "I have tried the waiting room, locking, returning, removing and suspending.",
    ),
    TrainingModule(
        "emergencies",
        "Emergencies at a distance",
        "You do not sit beside them: know beforehand where they are.",
        (
            "Each member says before a session where they are and which number reaches them. Let "
            "somebody go on without only when you know it otherwise.",
            "The emergency card opens with a reason, and is reviewed. Open it when you need it, "
            "not beforehand.",
            "Know the emergency number of the place where the person is, not of your own.",
            "Agree with a colleague who stays with the group while you are with one person.",
        ),
        "I know how to reach help at the place where a member is, and who stays with the group.",
    ),
    TrainingModule(
        "own_place",
        "Your own place and devices",
        "The rules for members hold for you as well.",
        (
            "A closed door, headphones, no smart speaker, nobody behind you.",
            "A device of your own or of your programme, updated, locked, with no shared account.",
            "No notes about members in places that others can open.",
            "A second way in, if the first fails: another device, and your phone's connection.",
        ),
        "My place and my devices meet what I ask of members.",
    ),
)
BY_KEY = {module.key: module for module in MODULES}
