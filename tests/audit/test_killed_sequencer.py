"""Killed every half second under eight writers: as many leaves as committed entries, in order."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction

from tests.audit.database import append, rows
from tests.audit.written_log import check

pytestmark = pytest.mark.usefixtures("log")

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 8
WRITING_SECONDS = 4
MOST_SECONDS = 20
COUNTS = (
    "SELECT (SELECT count(*) FROM audit.entries), (SELECT count(*) FROM audit.leaves),"
    " (SELECT max(size) FROM audit.checkpoints), (SELECT count(*) FROM audit.outbox)"
)


def test_nothing_is_lost_and_nothing_twice(committed_db: str) -> None:
    with killing(committed_db, every="0.5") as killer:
        committed = written()
        killed = told_to_stop(killer)
        deadline = time.monotonic() + MOST_SECONDS - WRITING_SECONDS
        while rows("SELECT count(*) FROM audit.outbox") != [(0,)]:
            assert time.monotonic() < deadline, "the last sequencer does not catch up"
            time.sleep(0.05)
    assert killed >= WRITING_SECONDS
    assert committed > 100
    assert rows(COUNTS) == [(committed, committed, committed, 0)]
    assert check().bodies == committed


def written() -> int:
    """How many were committed; of each writer's acts every twentieth is rolled back."""
    done: list[int] = []
    until = time.monotonic() + WRITING_SECONDS
    threads = [threading.Thread(target=_write, args=(until, done)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


def _write(until: float, done: list[int]) -> None:
    committed = tried = 0
    while time.monotonic() < until:
        tried += 1
        with transaction.atomic():
            append()
            transaction.set_rollback(tried % 20 == 0)
            committed += tried % 20 != 0
        time.sleep(0.005)
    connections.close_all()
    done.append(committed)


@contextmanager
def killing(database: str, *, every: str) -> Iterator["subprocess.Popen[str]"]:
    place = settings.DATABASES["audit_sequencer"]
    url = (
        f"postgresql://{place['USER']}:{place['PASSWORD']}@:{place['PORT']}"
        f"/{database}?host={place['HOST']}"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "tests.audit.restarted_sequencer", every],
        cwd=ROOT,
        env={**os.environ, "AUDIT_SEQUENCER_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as killer:
        assert killer.stdout is not None
        assert killer.stdout.readline() == "ready\n"
        yield killer
        killer.kill()


def told_to_stop(killer: "subprocess.Popen[str]") -> int:
    assert killer.stdin is not None
    assert killer.stdout is not None
    killer.stdin.close()
    return int(killer.stdout.readline())
