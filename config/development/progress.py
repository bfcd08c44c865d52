"""Progress lines with the time since the start, and the one sentence with which a start ends.

Standard library only: this runs before the virtual environment exists.
"""

import os
import sys
import time
from typing import NoReturn

# The same start for the program that this process becomes.
STARTED = float(os.environ.setdefault("QUIETROOM_STARTED_AT", str(time.time())))


class Stop(Exception):
    """The start cannot go on; the message is one sentence that says what to do."""


def say(text: str) -> None:
    print(f"[{time.time() - STARTED:5.0f} s] {text}", flush=True)


def leave(reason: object) -> NoReturn:
    print(f"\nQuietroom did not start. {reason}", file=sys.stderr, flush=True)
    sys.exit(1)
