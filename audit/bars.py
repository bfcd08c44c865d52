"""A progress bar on the terminal; silent where nobody watches."""

import sys
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 30


@dataclass(slots=True)
class Bar:
    what: str
    out: TextIO = field(default_factory=lambda: sys.stderr)
    shown: int = -1

    def __call__(self, done: int, total: int) -> None:
        """Draws again only when the percentage changed."""
        percent = 100 * done // max(total, 1)
        if percent == self.shown or not self.out.isatty():
            return
        self.shown = percent
        filled = WIDTH * percent // 100
        bar = "█" * filled + "░" * (WIDTH - filled)
        end = "\n" if done >= total else ""
        self.out.write(f"\r{self.what} {bar} {percent:3d} %  {done:,} of {total:,}{end}")
        self.out.flush()
