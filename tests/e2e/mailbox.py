"""The mail that a person would have received, read from the folder that stands for the network."""

import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    folder: Path

    def link_for(self, address: str, *, containing: str = "", seconds: float = 15) -> str:
        """The link in the newest mail to this address; waits for the mail to arrive."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for text in self._letters_to(address):
                found = LINK.search(text)
                if found and containing in found.group():
                    return found.group()
            time.sleep(0.1)
        raise AssertionError(f"No mail with a link to {address} within {seconds} s")

    def _letters_to(self, address: str) -> list[str]:
        newest_first = sorted(self.folder.glob("*.eml"), reverse=True)
        letters = (
            message_from_bytes(file.read_bytes(), policy=policy.default) for file in newest_first
        )
        return [
            body.get_content()
            for letter in letters
            if address in str(letter["To"]) and (body := letter.get_body(("plain",))) is not None
        ]
