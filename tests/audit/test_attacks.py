"""What somebody with full power over the database can try, and who names it.

Each attack runs with every trigger away, as no right could stop it. Inner checks name most; what
passes them all is named by a checkpoint that somebody outside holds.
"""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.backends.utils import CursorWrapper

from audit import merkle, note
from audit.sequencer import Sequencer
from audit.verify import Wrong
from tests.audit.database import APPEND, BODY, rows
from tests.audit.written_log import SIZE, check, cut, newest_note, tampering

pytestmark = pytest.mark.usefixtures("written_log")

VICTIM = "(SELECT entry FROM audit.leaves WHERE index = 12)"
COLUMNS = {
    "act": "'test.other'",
    "outcome": "'denied'",
    "actor": "'user:b'",
    "subject": "'user:b'",
    "session": "'session:b'",
    "group": "'group:b'",
    "address": "'192.0.2.9'",
    "device": "'another'",
}


@pytest.fixture
def superuser() -> Iterator[CursorWrapper]:
    with tampering() as cursor:
        yield cursor


def test_an_untouched_log_verifies_whole_and_in_part() -> None:
    """The control for everything below."""
    whole = check(newest_note())
    assert (whole.first, whole.last, whole.bodies, whole.checkpoints) == (0, SIZE, SIZE, 4)
    assert whole.anchors == 1
    part = check(first=5, last=8)
    assert (part.first, part.last) == (4, 10)
    assert check(alias="audit_reader") == check()


def test_an_edited_body_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(
        "UPDATE audit.entries SET body = convert_to(replace(convert_from(body, 'UTF8'),"
        f" 'user:a', 'user:b'), 'UTF8') WHERE id = {VICTIM}"
    )
    with pytest.raises(Wrong, match=r"#12 .* its body is not the one that was hashed"):
        check()


def test_a_body_edited_together_with_its_leaf_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(
        "UPDATE audit.entries SET actor = 'user:b', body = convert_to(replace("
        f"convert_from(body, 'UTF8'), 'user:a', 'user:b'), 'UTF8') WHERE id = {VICTIM}"
    )
    superuser.execute(
        "UPDATE audit.leaves SET hash = sha256('\\x00'::bytea || body) FROM audit.entries"
        " WHERE index = 12 AND entry = id"
    )
    with pytest.raises(Wrong, match=r"entries #10 to #19: the leaves are not those"):
        check()


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edited_column_is_named(superuser: CursorWrapper, column: str) -> None:
    change = f'"{column}" = {COLUMNS[column]}'
    superuser.execute(f"UPDATE audit.entries SET {change} WHERE id = {VICTIM}")
    with pytest.raises(Wrong, match=rf"#12 .* its {column} is not what its body says"):
        check()


def test_another_time_is_named(superuser: CursorWrapper) -> None:
    later = "recorded_at = recorded_at + interval '1 second'"
    superuser.execute(f"UPDATE audit.entries SET {later} WHERE id = {VICTIM}")
    with pytest.raises(Wrong, match=r"#12 .* deleted, or its time was changed"):
        check()
    superuser.execute(f"UPDATE audit.leaves SET {later} WHERE index = 12")
    with pytest.raises(Wrong, match=r"#12 .* its at is not what its body says"):
        check()


def test_a_swapped_identity_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(f"UPDATE audit.entries SET id = gen_random_uuid() WHERE id = {VICTIM}")
    with pytest.raises(Wrong, match=r"#12 .* deleted"):
        check()


def test_a_deleted_body_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(f"DELETE FROM audit.entries WHERE id = {VICTIM}")
    with pytest.raises(Wrong, match=r"#12 .* its body was deleted"):
        check()


def test_an_entry_deleted_with_its_leaf_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(f"DELETE FROM audit.entries WHERE id = {VICTIM}")
    superuser.execute("DELETE FROM audit.leaves WHERE index = 12")
    with pytest.raises(Wrong, match=r"entry #12 is missing: entry #13 stands in its place"):
        check()


def test_a_closed_gap_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(f"DELETE FROM audit.entries WHERE id = {VICTIM}")
    superuser.execute("DELETE FROM audit.leaves WHERE index = 12")
    superuser.execute("UPDATE audit.leaves SET index = index - 1 WHERE index > 12")
    with pytest.raises(Wrong, match=r"entry #19 is missing"):
        check()


def test_reordered_entries_are_named(superuser: CursorWrapper) -> None:
    for old, new in ((12, 99), (13, 12), (99, 13)):
        superuser.execute("UPDATE audit.leaves SET index = %s WHERE index = %s", [new, old])
    with pytest.raises(Wrong, match=r"entries #10 to #19: the leaves are not those"):
        check()


def test_an_entry_put_in_beside_append_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(
        "INSERT INTO audit.entries SELECT recorded_at - interval '1 day', gen_random_uuid(), body,"
        f" act, outcome, actor, subject, session FROM audit.entries WHERE id = {VICTIM}"
    )
    with pytest.raises(Wrong, match=r"has no leaf: it was put in"):
        check()


def test_an_entry_that_the_sequencer_moves_without_its_leaf_is_named(
    superuser: CursorWrapper,
) -> None:
    """What a stolen role of the sequencer can do; it needs no superuser."""
    superuser.execute(APPEND, [BODY])
    check()
    superuser.execute("SET LOCAL ROLE quietroom_audit_sequencer")
    superuser.execute("SELECT audit.take(1)")
    superuser.execute("RESET ROLE")
    with pytest.raises(Wrong, match=r"has no leaf: it was .* kept out of the tree"):
        check()


def test_an_entry_kept_waiting_is_named(superuser: CursorWrapper) -> None:
    superuser.execute(
        "WITH old AS (SELECT gen_random_uuid() AS id, now() - interval '1 minute' AS at)"
        " INSERT INTO audit.outbox (recorded_at, entry, body) SELECT at, id, '' FROM old"
    )
    with pytest.raises(Wrong, match=r"waits for its leaf"):
        check()


def test_an_entry_inserted_in_the_past_with_the_sequencers_help_is_named(
    superuser: CursorWrapper,
) -> None:
    """It gets a leaf under a good signature, and its own body says that it came too late."""
    superuser.execute(
        "WITH past AS (SELECT gen_random_uuid() AS id, '2026-01-02 03:04:05Z'::timestamptz AS at),"
        ' told AS (SELECT at, id, convert_to(format(\'{"at":"2026-01-02T03:04:05.000000Z",'
        '"id":"%s","act":"test.made","outcome":"ok"}\', id), \'UTF8\') AS body FROM past),'
        " entry AS (INSERT INTO audit.entries SELECT at, id, body, 'test.made', 'ok' FROM told)"
        " INSERT INTO audit.leaves SELECT 20, id, at, sha256('\\x00'::bytea || body) FROM told"
    )
    sign_again(superuser, Sequencer.from_settings().keys)
    with pytest.raises(Wrong, match=r"#20 .* dated 2026-01-02T.*, before entries that were there"):
        check()


def test_a_cut_tail_passes_inside_and_is_named_by_an_anchor(superuser: CursorWrapper) -> None:
    held = newest_note()
    cut(superuser, 10)
    assert check().last == 10
    with pytest.raises(Wrong, match=r"entry #10 is missing.* the mail of Monday holds 20 entries"):
        check(held)


def test_leaves_cut_without_their_checkpoint_are_named(superuser: CursorWrapper) -> None:
    superuser.execute("DELETE FROM audit.leaves WHERE index >= 15")
    with pytest.raises(Wrong, match=r"entry #15 is missing, and all that followed"):
        check()


def test_checkpoints_cut_without_their_leaves_are_named(superuser: CursorWrapper) -> None:
    superuser.execute("DELETE FROM audit.checkpoints WHERE size > 10")
    with pytest.raises(Wrong, match=r"entry #10 stands behind the last checkpoint"):
        check()


def test_a_history_rewritten_with_the_stolen_key_is_named_by_an_anchor(
    superuser: CursorWrapper,
) -> None:
    """Every inner check passes: only the outside knows."""
    held = newest_note()
    rewrite(superuser)
    sign_again(superuser, Sequencer.from_settings().keys)
    assert check().last == SIZE
    with pytest.raises(Wrong, match=r"rewritten: entries #0 to #19 .* the mail of Monday holds"):
        check(held)


def test_a_history_rewritten_without_the_key_is_named(superuser: CursorWrapper) -> None:
    rewrite(superuser)
    sign_again(superuser, (Ed25519PrivateKey.generate(),))
    with pytest.raises(Wrong, match=r"the checkpoint of size 3: .* not signed by a known key"):
        check()


def test_an_old_backup_put_back_is_named_by_an_anchor_also_when_it_grew(
    superuser: CursorWrapper,
) -> None:
    held = newest_note()
    cut(superuser, 10)
    with pytest.raises(Wrong, match=r"the tail was cut"):
        check(held)
    for _ in range(15):
        superuser.execute(APPEND, [BODY])
    superuser.execute(
        "INSERT INTO audit.leaves SELECT 9 + row_number() OVER (), entry, recorded_at,"
        " sha256('\\x00'::bytea || body) FROM audit.take(15)"
    )
    complete(superuser)
    sign_again(superuser, Sequencer.from_settings().keys)
    assert check().last == 25
    with pytest.raises(Wrong, match=r"rewritten: .* the mail of Monday holds"):
        check(held)


@pytest.mark.parametrize(
    "change",
    [
        "root = sha256('')",
        "frontier = sha256('')",
        "size = 19",
        "note = replace(note, '\u2014', '-')",
    ],
)
def test_a_changed_checkpoint_is_named(superuser: CursorWrapper, change: str) -> None:
    superuser.execute(f"UPDATE audit.checkpoints SET {change} WHERE size = 20")
    with pytest.raises(Wrong, match=r"the checkpoint of size|the last checkpoint"):
        check()


def test_an_anchor_of_another_key_is_named() -> None:
    checkpoint = note.Checkpoint("testserver/audit", 20, bytes(32))
    with pytest.raises(Wrong, match=r"the mail of Monday: .* not signed by a known key"):
        check(note.sign(checkpoint, Ed25519PrivateKey.generate()))


def rewrite(cursor: CursorWrapper) -> None:
    """Another actor in every entry, with leaves and columns to match."""
    cursor.execute(
        "UPDATE audit.entries SET actor = 'user:b', body ="
        " convert_to(replace(convert_from(body, 'UTF8'), 'user:a', 'user:b'), 'UTF8')"
    )
    cursor.execute(
        "UPDATE audit.leaves SET hash = sha256('\\x00'::bytea || body)"
        " FROM audit.entries WHERE entry = id"
    )


def complete(cursor: CursorWrapper) -> None:
    """The checkpoint that the present leaves would need; `sign_again` fills it in."""
    cursor.execute(
        "INSERT INTO audit.checkpoints SELECT count(*), sha256(''), '', '' FROM audit.leaves"
        " ON CONFLICT DO NOTHING"
    )


def sign_again(cursor: CursorWrapper, keys: tuple[Ed25519PrivateKey, ...]) -> None:
    """Every checkpoint made anew from the leaves as they are now."""
    complete(cursor)
    leaves = [bytes(leaf) for (leaf,) in rows("SELECT hash FROM audit.leaves ORDER BY index")]
    for (size,) in rows("SELECT size FROM audit.checkpoints"):
        frontier = merkle.extended((), 0, leaves[:size])
        root = merkle.root(frontier)
        signed = note.sign(note.Checkpoint("testserver/audit", size, root), *keys)
        cursor.execute(
            "UPDATE audit.checkpoints SET root = %s, frontier = %s, note = %s WHERE size = %s",
            [root, merkle.packed(frontier), signed, size],
        )
