"""The checklist of a private space: what stands on it, and which items are required.

A programme writes its own; until then these words hold. The first item always stays: from its
answer the therapist learns who cannot be overheard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

MAX_ITEMS = 14
MAX_TEXT = 120


@dataclass(frozen=True, slots=True)
class SpaceItem:
    """`why` stands below in small; `key` is what an answer is kept under."""

    key: str
    text: str
    why: str = ""
    is_required: bool = False

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        return asdict(self)


ALONE = SpaceItem("alone", "I am alone and cannot be overheard", "The door is closed.", True)
DEFAULT_ITEMS: tuple[SpaceItem, ...] = (
    ALONE,
    SpaceItem("unseen", "Nobody else can see my screen", "", True),
    SpaceItem("still", "I am sitting still, not driving", "", True),
    SpaceItem("headphones", "I use headphones", "So nobody near you hears the others."),
    SpaceItem(
        "speakers_off",
        "Smart speakers and voice assistants are off",
        "They listen for their name all the time, and mishear it.",
    ),
    SpaceItem(
        "household_told",
        "People at home know not to come in",
        "You need not say why. A sign on the door helps.",
    ),
    SpaceItem(
        "own_network",
        "I am not on a public network",
        "A café's or library's network is public; your phone's own is not.",
    ),
)


def with_keys(items: Iterable[SpaceItem]) -> list[SpaceItem]:
    """Each with a key of its own: a first comer keeps its key, the others get the next free one."""
    given = list(items)
    taken = {item.key for item in given}
    free = (f"item_{number}" for number in range(1, 2 * len(given) + 1))
    fresh = (key for key in free if key not in taken)
    seen: set[str] = {""}
    found = []
    for item in given:
        found.append(replace(item, key=next(fresh)) if item.key in seen else item)
        seen.add(item.key)
    return found
