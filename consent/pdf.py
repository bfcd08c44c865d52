"""A signed paper as a tagged PDF (PDF/UA-1), laid out by Typst. Nothing else imports Typst.

What people wrote reaches the layout as data only: the source `copy.typ` is ours and fixed, so no
word of a clause or a name is ever read as markup. Only the fonts inside the wheel are used: the
same copy looks the same on every machine.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

from consent.errors import CopyNotMade
from consent.reading import Section

SOURCE = (Path(__file__).parent / "copy.typ").read_bytes()
NOT_SHOWN = re.compile(r"the text `\"(.+?)\"` could not be displayed")
# Each run names every character that no font has; a second one is for marks that join them.
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyWords:
    """Everything a copy says. `facts` are the lines of the signature block, in order."""

    language: str
    title: str
    lede: str
    sections: tuple[Section, ...]
    signature_heading: str
    facts: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    closing: str
    keywords: tuple[str, ...]


def rendered(words: CopyWords) -> bytes:
    """The PDF. A character that no font has stands there by its number, such as [U+65E5].

    Raises CopyNotMade when the layout fails for another reason.
    """
    data = json.dumps(asdict(words), ensure_ascii=False)
    for _ in range(TRIES):
        try:
            return _compiled(data, words.language)
        except typst.TypstError as error:
            missing = set("".join(NOT_SHOWN.findall(str(error.diagnostic))))
            if not missing:
                raise CopyNotMade from error
            data = "".join(_numbered(one) if one in missing else one for one in data)
    raise CopyNotMade


def _compiled(data: str, language: str) -> bytes:
    inputs = {"data": data, "language": language}
    made = typst.compile(
        SOURCE, format="pdf", sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=["ua-1"]
    )
    assert isinstance(made, bytes)
    return made


def _numbered(character: str) -> str:
    return f"[U+{ord(character):04X}]"
