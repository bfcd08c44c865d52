"""A plain agreement text, cut into what a page shows: sections of paragraphs and lists."""

from dataclasses import dataclass

from consent.clause_lists import CLAUSES_OF
from consent.clauses import HEADING

# A heading that two kinds share stands for the same clause in both.
KEYS = {clause.heading: clause.key for clauses in CLAUSES_OF.values() for clause in clauses}


@dataclass(frozen=True, slots=True)
class Block:
    """Either one paragraph or the entries of one list; the other is empty."""

    paragraph: str = ""
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    heading: str
    blocks: tuple[Block, ...]


def sections_to_read(text: str) -> list[Section]:
    return [
        Section(KEYS.get(heading, ""), heading, _blocks(body))
        for heading, body in raw_sections(text)
    ]


def raw_sections(text: str) -> list[tuple[str, str]]:
    """(heading, body) as they stand in the text."""
    pieces = HEADING.split(text)[1:]
    return [
        (heading.strip(), body.strip())
        for heading, body in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def _blocks(body: str) -> tuple[Block, ...]:
    return tuple(_block(part) for part in body.strip().split("\n\n") if part.strip())


def _block(part: str) -> Block:
    lines = part.strip().splitlines()
    if all(line.startswith("- ") for line in lines):
        return Block(entries=tuple(line.removeprefix("- ") for line in lines))
    return Block(paragraph=" ".join(lines))
