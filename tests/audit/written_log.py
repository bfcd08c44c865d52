"""A log with entries, leaves, checkpoints and an anchor, and ways to tamper with it unpunished."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from audit import verify
from audit.sequencer import Sequencer
from audit.verification import Log, Report, stored_keys
from tests.audit.database import append, kept_tables, rows

BATCHES = (3, 1, 6, 10)
SIZE = sum(BATCHES)


def write() -> None:
    """Twenty entries under four checkpoints."""
    for batch in BATCHES:
        for _ in range(batch):
            append()
        Sequencer.from_settings().step()


def newest_note(alias: str = "owner") -> str:
    ((note,),) = rows("SELECT note FROM audit.checkpoints ORDER BY size DESC LIMIT 1", alias=alias)
    return str(note)


def check(*held: str, alias: str = "owner", first: int = 0, last: int | None = None) -> Report:
    """`owner` sees what a test has changed and not committed."""
    keys = verify.keys_of(stored_keys(alias))
    notes = [("the mail of Monday", note) for note in held]
    return Log(keys, alias=alias, held=notes).check(first, last)


def key_file(folder: Path) -> Path:
    path = folder / "keys.txt"
    path.write_text(stored_keys("owner"))
    return path


@contextmanager
def tampering() -> Iterator[CursorWrapper]:
    """A superuser with all triggers away; everything is undone at the end."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in kept_tables():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit.outbox DISABLE TRIGGER USER")
        yield cursor
        transaction.set_rollback(True, using="owner")


def cut(cursor: CursorWrapper, size: int) -> None:
    """What a backup of then would hold: nothing of the later entries is left."""
    cursor.execute(
        "DELETE FROM audit.entries WHERE id IN (SELECT entry FROM audit.leaves WHERE index >= %s)",
        [size],
    )
    cursor.execute("DELETE FROM audit.leaves WHERE index >= %s", [size])
    cursor.execute("DELETE FROM audit.checkpoints WHERE size > %s", [size])
