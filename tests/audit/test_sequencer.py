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
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from audit import merkle, note, verify
from audit.errors import LogMismatch
from audit.proofs import Prover
from audit.sequencer import Sequencer, log_name, run
from audit.verification import Log, stored_keys
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
        "UPDATE audit.checkpoints SET note = 'x' || note",
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


def test_a_body_that_stands_in_the_log_already_is_not_replaced() -> None:
    """What waits may stand among the entries from before, byte for byte; nothing else may."""
    twin = "INSERT INTO audit.entries SELECT recorded_at, entry, {}, '', '' FROM audit.outbox"
    append()
    with connections["owner"].cursor() as cursor:
        cursor.execute(twin.format("body"))
    assert sequencer().step() == 1
    append()
    with connections["owner"].cursor() as cursor:
        cursor.execute(twin.format("'other'"))
    with pytest.raises(LogMismatch, match="another body"):
        sequencer().step()
    assert counts() == (2, 1, 1, 1)


def test_while_one_works_the_other_waits() -> None:
    append()
    with transaction.atomic(using="owner"):
        rows("SELECT pg_advisory_xact_lock(7168, 1)")
        assert sequencer().step() == 0
    assert sequencer().step() == 1


def test_a_key_is_rotated_with_both_verifiable() -> None:
    """Old alone, then new and old together, then new alone: whoever holds either key follows."""
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    for keys in ((old,), (new, old), (new,)):
        append()
        assert Sequencer(keys, log_name()).step() == 1
    signed = [str(text) for (text,) in rows("SELECT note FROM audit.checkpoints ORDER BY size")]
    for key, sizes in ((old, (1, 2)), (new, (2, 3))):
        for size in sizes:
            assert note.verify(signed[size - 1], key.public_key()).size == size
    with pytest.raises(note.NoteRefused):
        note.verify(signed[2], old.public_key())
    known = stored_keys("owner")
    assert [key.public.public_bytes_raw() for key in verify.keys_of(known)] == [
        key.public_key().public_bytes_raw() for key in (old, new)
    ]
    assert Log(verify.keys_of(known), alias="owner").check().checkpoints == 3


def test_a_key_that_was_swapped_without_its_predecessor_stops_the_log() -> None:
    append()
    sequencer().step()
    append()
    with pytest.raises(LogMismatch, match="not signed by this key"):
        Sequencer((Ed25519PrivateKey.generate(),), log_name()).step()
    assert sequencer().step() == 1


def test_full_blocks_are_folded_so_that_proofs_read_little() -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(audit.append(%s)) FROM generate_series(1, 2100)", [BODY])
    while sequencer().step():
        pass
    leaves = [bytes(leaf) for (leaf,) in rows("SELECT hash FROM audit.leaves ORDER BY index")]
    stored = [bytes(block) for (block,) in rows("SELECT hash FROM audit.blocks ORDER BY index")]
    assert stored == [merkle.root_of(leaves[:1024]), merkle.root_of(leaves[1024:2048])]
    root = merkle.root_of(leaves)
    with connections["owner"].cursor() as cursor:
        prover = Prover(cursor, 2100)
        for index in (0, 1023, 1024, 2047, 2048, 2099):
            path = prover.inclusion(index)
            assert verify.root_from_inclusion(index, 2100, leaves[index], path) == root
        older = verify.Checkpoint("log", 1500, merkle.root_of(leaves[:1500]))
        newer = verify.Checkpoint("log", 2100, root)
        verify.check_consistency(older, newer, prover.consistency(1500))


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
