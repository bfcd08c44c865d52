"""Acts that meet in the same way each time: no sleeping, and no luck."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


class AfterReading:
    """Does its work once, on another connection, after the first query with these words."""

    def __init__(self, words: str, work: Callable[[], object]) -> None:
        self._words, self._work, self.is_done = words, work, False

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if self._words in sql and not self.is_done:
            self.is_done = True
            with ThreadPoolExecutor(1) as other:
                other.submit(self._work_and_close).result(timeout=10)
        return result

    def _work_and_close(self) -> None:
        try:
            self._work()
        finally:
            connections.close_all()
