"""Progress lines with the time since the start, and the one sentence with which a start ends.

Standard library only: this runs before the virtual environment exists.
"""

import sys
import time
from typing import NoReturn

STARTED = time.monotonic()


class Stop(Exception):
    """The start cannot go on; the message is one sentence that says what to do."""


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.0f} s] {text}", flush=True)


def leave(reason: object) -> NoReturn:
    print(f"\nQuietroom did not start. {reason}", file=sys.stderr, flush=True)
    sys.exit(1)
