"""Acts that meet in the same way each time: by order, not by luck."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection, connections, transaction

from sessions_app.models import Session
from sessions_app.services.rows import locked_session

R = TypeVar("R")
WITHIN = 10.0


class AfterReading:
    """Does its work once, on another connection, after the first query with these words."""

    def __init__(self, words: str, work: Callable[[], object]) -> None:
        self._words, self._work, self.is_done = words, work, False

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if self._words in sql and not self.is_done:
            self.is_done = True
            with ThreadPoolExecutor(1) as other:
                other.submit(_on_its_own_connection, self._work).result(timeout=WITHIN)
        return result


def at_one_moment(session: Session, *acts: Callable[[], R]) -> list[R]:
    """What each gives back: all have come as far as the session's lock before one goes on."""
    with ThreadPoolExecutor(len(acts)) as others:
        with transaction.atomic():
            locked_session(session.pk)
            begun = [others.submit(_on_its_own_connection, act) for act in acts]
            _wait_until_locked_out(len(acts))
        return [one.result(timeout=WITHIN) for one in begun]


def _wait_until_locked_out(number: int) -> None:
    given_up_at = time.monotonic() + WITHIN
    with connection.cursor() as cursor:
        while time.monotonic() < given_up_at:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (number,):
                return
            time.sleep(0.01)
    raise AssertionError("not all of them came to the session's lock")


def _on_its_own_connection(act: Callable[[], R]) -> R:
    try:
        return act()
    finally:
        connections.close_all()
