"""Reading the desk's pages as a person does."""

import re
from html import unescape
from typing import Any

from audit.sequencer import Sequencer


def words(response: Any) -> str:
    """The page as read: no tags, single spaces."""
    page = re.sub(r"</?bdi>", "", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def shown_by(response: Any) -> Any:
    """The template's context; the test client does not type it."""
    return response.context_data


def sequence() -> None:
    while Sequencer.from_settings().step():
        pass
