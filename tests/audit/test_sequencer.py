"""The sequencer in real processes: nothing lost, nothing twice, nothing signed that changed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from audit import merkle, note
from audit.errors import LogMismatch
from audit.sequencer import Sequencer, run
from tests.audit.database import APPEND, BODY, append, rows

pytestmark = pytest.mark.usefixtures("log")

ROOT = Path(__file__).resolve().parents[2]


def sequencer() -> Sequencer:
    return Sequencer.from_settings()


def checked_tree() -> int:
    """Recomputes everything from the entries alone; the number of leaves."""
    leaves = rows(
        "SELECT leaves.index, leaves.hash, entries.body FROM audit.leaves"
        " JOIN audit.entries ON entries.id = leaves.entry ORDER BY leaves.index"
    )
    frontier: tuple[bytes, ...] = ()
    roots = {}
    for number, (index, stored, body) in enumerate(leaves):
        assert index == number
        assert bytes(stored) == merkle.leaf_hash(bytes(body))
        frontier = merkle.appended(frontier, number, bytes(stored))
        roots[number + 1] = merkle.root(frontier)
    for size, signed in rows("SELECT size, note FROM audit.checkpoints"):
        checkpoint = note.verify(str(signed), sequencer().keys[0].public_key())
        assert (checkpoint.size, checkpoint.root) == (size, roots[size])
    return len(leaves)


def counts() -> tuple[object, ...]:
    return rows(
        "SELECT (SELECT count(*) FROM audit.entries), (SELECT count(*) FROM audit.leaves),"
        " (SELECT count(*) FROM audit.outbox), (SELECT max(size) FROM audit.checkpoints)"
    )[0]


def test_entries_become_leaves_under_a_signed_checkpoint() -> None:
    for _ in range(5):
        append()
    assert sequencer().step() == 5
    append()
    assert sequencer().step() == 1
    assert sequencer().step() == 0
    assert counts() == (6, 6, 0, 6)
    assert checked_tree() == 6


def test_an_entry_that_was_rolled_back_leaves_no_gap() -> None:
    append()
    with transaction.atomic():
        append()
        transaction.set_rollback(True)
    append()
    assert sequencer().step() == 2
    assert checked_tree() == 2


def test_an_entry_committed_late_still_gets_its_leaf() -> None:
    with transaction.atomic():
        append()
        with connections["audit_denials"].cursor() as cursor:
            cursor.execute(APPEND, [BODY])
        assert sequencer().step() == 1
    assert sequencer().step() == 1
    assert checked_tree() == 2


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE audit.checkpoints SET root = sha256('other')",
        "UPDATE audit.checkpoints SET frontier = sha256('other')",
        "UPDATE audit.checkpoints SET root = sha256('other'), frontier = sha256('other')",
        "UPDATE audit.checkpoints SET size = 2",
        "UPDATE audit.checkpoints SET note = replace(note, 'A', 'B')",
        "DELETE FROM audit.checkpoints",
        "DELETE FROM audit.leaves",
        "INSERT INTO audit.leaves VALUES (1, gen_random_uuid(), now(), sha256('other'))",
    ],
)
def test_nothing_more_is_signed_once_the_tree_was_changed(tamper: str) -> None:
    append()
    sequencer().step()
    append()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        asleep(cursor)
        cursor.execute(tamper)
    before = counts()
    with pytest.raises(LogMismatch):
        sequencer().step()
    assert counts() == before


def test_an_entry_that_vanished_from_the_log_is_noticed() -> None:
    append()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        asleep(cursor)
        cursor.execute("DELETE FROM audit.entries")
    with pytest.raises(LogMismatch):
        sequencer().step()


def test_while_one_works_the_other_waits() -> None:
    append()
    with transaction.atomic(using="owner"):
        rows("SELECT pg_advisory_xact_lock(7168, 1)")
        assert sequencer().step() == 0
    assert sequencer().step() == 1


def test_the_loop_ends_when_it_is_told_to() -> None:
    append()
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    wait_until(lambda: counts()[1] == 1)
    stop.set()
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_two_run_and_one_is_killed_again_and_again(committed_db: str) -> None:
    """Writers with rollbacks, two processes, one killed: as many leaves as committed entries."""
    committed = 0
    with running(committed_db) as steady:
        for _ in range(3):
            with running(committed_db):
                committed += written(60)
        wait_until(lambda: counts()[2] == 0)
        assert steady.poll() is None
    assert counts() == (committed, committed, 0, committed)
    assert checked_tree() == committed


def test_the_command_stops_on_a_signal(committed_db: str) -> None:
    append()
    with running(committed_db) as process:
        wait_until(lambda: counts()[1] == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def asleep(cursor: CursorWrapper) -> None:
    """What a superuser can do, and an inner check must notice: take the triggers away."""
    for table in ("entries", "leaves", "checkpoints"):
        cursor.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL")


def written(number: int) -> int:
    """Appends from two threads, every tenth rolled back; how many were committed."""
    done: list[int] = []
    threads = [threading.Thread(target=_write, args=(number // 2, done)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


def _write(number: int, done: list[int]) -> None:
    committed = 0
    for n in range(number):
        with transaction.atomic():
            append()
            if n % 10 == 9:
                transaction.set_rollback(True)
            else:
                committed += 1
        time.sleep(0.01)
    connections.close_all()
    done.append(committed)


@contextmanager
def running(database: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py audit_sequencer` on this test's database; killed without warning at the end."""
    place = settings.DATABASES["audit_sequencer"]
    url = (
        f"postgresql://{place['USER']}:{place['PASSWORD']}@:{place['PORT']}"
        f"/{database}?host={place['HOST']}"
    )
    process = subprocess.Popen(
        [sys.executable, "manage.py", "audit_sequencer"],
        cwd=ROOT,
        env={**os.environ, "AUDIT_SEQUENCER_URL": url},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds: Callable[[], bool], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)
