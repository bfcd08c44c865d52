"""Reading the mails that were delivered into a folder."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        """The path of the first link, as a person would open it."""
        found = re.search(r"https?://[^/\s]+(/\S+)", self.body)
        assert found is not None
        return found[1]


def mails_in(folder: Path) -> list[Mail]:
    """Oldest first."""
    return [_read(file) for file in sorted(folder.glob("*.eml"))]


def _read(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body()
    assert body is not None
    return Mail(str(message["To"]), str(message["Subject"]), str(body.get_content()))
