"""What changed between two versions, paragraph by paragraph and, within one, word by word."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Below this, two paragraphs are shown as one removed and one added: marked words would confuse.
ALIKE = 0.5


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph, reworded in several pieces; `heading` is the clause it stands in."""

    kind: Kind
    heading: str
    pieces: tuple[Piece, ...]


def changes_between(before: str, after: str) -> list[Change]:
    """Only what changed, in the order of the new text; empty for equal texts."""
    old, new = _paragraphs(before), _paragraphs(after)
    matcher = SequenceMatcher(a=[p for _, p in old], b=[p for _, p in new], autojunk=False)
    found: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            found.extend(_changed(old[a:b], new[c:d]))
    return found


def _paragraphs(text: str) -> list[tuple[str, str]]:
    """(heading, paragraph), each list entry a paragraph of its own; headings are none."""
    heading, found = "", []
    for block in text.split("\n\n"):
        if block.startswith("#"):
            heading = block.lstrip("#").strip()
        elif block.startswith("- "):
            found += [(heading, line) for line in block.splitlines()]
        elif block.strip():
            found.append((heading, block.strip()))
    return found


def _changed(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> Iterator[Change]:
    waiting = list(old)
    for heading, paragraph in new:
        match = next((item for item in waiting if _alike(item[1], paragraph)), None)
        if match is None:
            yield Change(Kind.ADDED, heading, (Piece(Kind.ADDED, paragraph),))
        else:
            waiting.remove(match)
            yield Change(Kind.REWORDED, heading, tuple(_words(match[1], paragraph)))
    for heading, paragraph in waiting:
        yield Change(Kind.REMOVED, heading, (Piece(Kind.REMOVED, paragraph),))


def _alike(before: str, after: str) -> bool:
    return SequenceMatcher(a=before.split(), b=after.split(), autojunk=False).ratio() >= ALIKE


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = before.split(), after.split()
    for tag, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Kind.SAME, " ".join(old[a:b]))
            continue
        if b > a:
            yield Piece(Kind.REMOVED, " ".join(old[a:b]))
        if d > c:
            yield Piece(Kind.ADDED, " ".join(new[c:d]))
