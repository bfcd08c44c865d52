"""The tables of docs/papers.md are those of the code: nobody reads a state that is not there."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from consent.kinds import BINDINGS, DocumentKind
from consent.standing import Standing
from consent.states import SIGNATURE_TRANSITIONS, VERSION_TRANSITIONS
from groups.states import TRANSITIONS as MEMBERSHIP_TRANSITIONS
from office.states import EXPORT_TRANSITIONS

PAGE = (Path(__file__).parents[2] / "docs" / "papers.md").read_text()
# What the page calls what the code calls otherwise.
WORDS = {
    "current": "valid",
    "published": "in force",
    "superseded": "replaced",
    "enrolled": "papers to sign",
    "suspended": "paused",
    "departed": "left",
}
NOTHING = "\N{EN DASH}"


def table(head: str) -> dict[str, list[str]]:
    """Rows by their first cell, of the one table whose first head is this word."""
    (found,) = re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()]
    return {row[0]: row[1:] for row in rows}


def word(state: StrEnum | str) -> str:
    value = str(getattr(state, "value", state))
    return WORDS.get(value, value)


def told(cell: str) -> set[str]:
    return set() if cell == NOTHING else set(cell.split(", "))


@pytest.mark.parametrize(
    ("head", "transitions"),
    [
        ("version", VERSION_TRANSITIONS),
        ("signature's row", SIGNATURE_TRANSITIONS),
        ("membership", MEMBERSHIP_TRANSITIONS),
        ("export", EXPORT_TRANSITIONS),
    ],
)
def test_each_table_tells_every_state_and_every_way(
    head: str, transitions: Mapping[str, frozenset[str]]
) -> None:
    expected = {word(state): {word(to) for to in ways} for state, ways in transitions.items()}
    assert {state: told(cells[0]) for state, cells in table(head).items()} == expected


def test_the_door_of_each_standing_is_as_the_page_says() -> None:
    doors = {state: cells[0] == "open" for state, cells in table("signature").items()}
    assert doors == {word(one): one.opens_door for one in Standing}


def test_every_kind_of_document_is_on_the_page_and_closes_the_door_as_it_says() -> None:
    waits = [cells[1].startswith("yes") for cells in table("kind").values()]
    assert waits == [BINDINGS[kind].closes_door for kind in DocumentKind]


def test_a_table_that_is_not_there_is_noticed() -> None:
    with pytest.raises(ValueError, match="unpack"):
        table("no such table")
