"""The database itself refuses: asked as each role, with controls that pass."""

import pytest
from django.db import connections, transaction

from tests.audit.database import (
    APPEND,
    BODY,
    PASSED,
    REFUSED,
    append,
    kept_tables,
    outcome,
    rows,
    tables,
)

pytestmark = pytest.mark.usefixtures("log")

ACTS = ("SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}", "LOCK {}", "DROP TABLE {}")
MALFORMED = (
    b"",
    b"no json",
    b"[]",
    b"{}",
    BODY.replace(b'"v":1', b'"v":2'),
    BODY.replace(b'"act":"test.made",', b""),
    BODY.replace(b"0" * 32, b"0" * 31),
    b" " + BODY,
    BODY.replace(b"user:a", b"a" * 5000),
    BODY.replace(b"user:a", b"\xff"),
)
LOST = "23000"  # integrity_constraint_violation
OTHER_ROLES = ("quietroom_audit_owner", "quietroom_audit_reader", "quietroom_audit_sequencer")


def test_the_application_can_append() -> None:
    assert outcome("default", APPEND, params=[BODY]) == PASSED
    assert rows("SELECT count(*) FROM audit.recorded") == [(1,)]
    assert rows("SELECT count(*) FROM audit.outbox") == [(1,)]


def test_the_application_can_do_nothing_else_on_any_table_or_partition() -> None:
    append()
    assert len(tables()) >= 8
    for table in tables():
        for statement in ACTS:
            assert outcome("default", statement.format(table)) == REFUSED, (statement, table)
        assert outcome("default", update_of(table)) == REFUSED, table
        assert outcome("default", f"INSERT INTO {table} DEFAULT VALUES") == REFUSED, table
    assert outcome("default", "SELECT * FROM audit.recorded") == REFUSED


def test_the_reader_reads_and_does_nothing_else() -> None:
    """The control for the test above: the same statements, and one of them passes."""
    append()
    assert outcome("audit_reader", "SELECT * FROM audit.recorded") == PASSED
    for table in ("audit.entries", "audit.outbox", "audit.leaves", "audit.checkpoints"):
        assert outcome("audit_reader", f"SELECT * FROM {table}") == PASSED
        for statement in ACTS[1:]:
            assert outcome("audit_reader", statement.format(table)) == REFUSED
    assert outcome("audit_reader", APPEND, params=[BODY]) == REFUSED


def test_the_sequencer_moves_entries_and_can_neither_write_nor_change_them() -> None:
    append()
    for table in ("audit.entries", "audit.outbox"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET body = ''"):
            assert outcome("audit_sequencer", statement) == REFUSED
        put = f"INSERT INTO {table} (body) VALUES ('')"
        assert outcome("audit_sequencer", put) == REFUSED
    for statement in ("DELETE FROM audit.leaves", "UPDATE audit.leaves SET index = 7"):
        assert outcome("audit_sequencer", statement) == REFUSED
    assert outcome("audit_sequencer", APPEND, params=[BODY]) == REFUSED
    ((waiting,),) = rows("SELECT body FROM audit.outbox")
    assert outcome("audit_sequencer", "SELECT audit.take(1)") == PASSED
    assert rows("SELECT body, actor FROM audit.entries") == [(waiting, "user:a")]
    assert rows("SELECT count(*) FROM audit.outbox") == [(0,)]


def test_what_waits_leaves_the_outbox_only_for_the_log_also_for_a_superuser() -> None:
    """The control is the move in the test above."""
    append()
    replica = "SET LOCAL session_replication_role = replica"
    for first in (replica, "SELECT"):
        assert outcome("owner", first, "DELETE FROM audit.outbox") == LOST
        for statement in ("UPDATE audit.outbox SET body = ''", "TRUNCATE audit.outbox"):
            assert outcome("owner", first, statement) == REFUSED
    copy = "INSERT INTO audit.entries SELECT recorded_at, entry, {}, '', '' FROM audit.outbox"
    for body, found in (("'other'", LOST), ("body", PASSED)):
        assert outcome("owner", copy.format(body), "DELETE FROM audit.outbox") == found


def test_nobody_changes_what_is_written_not_even_a_superuser() -> None:
    append()
    fill_tree()
    for table in kept_tables():
        for statement in changes_to(table):
            assert outcome("owner", statement) in (REFUSED, no_rows(table, statement)), statement
            replica = "SET LOCAL session_replication_role = replica"
            found = outcome("owner", replica, statement)
            assert found in (REFUSED, no_rows(table, statement)), statement


def test_an_ordinary_trigger_would_have_slept() -> None:
    """The control for the test above: the setting works, and ENABLE ALWAYS is what refuses."""
    ordinary = (
        "CREATE TABLE ordinary (n int); INSERT INTO ordinary VALUES (1);"
        "CREATE TRIGGER refuse BEFORE UPDATE ON ordinary"
        " FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()"
    )
    update = "UPDATE ordinary SET n = 2"
    assert outcome("owner", ordinary, update) == REFUSED
    replica = "SET LOCAL session_replication_role = replica"
    assert outcome("owner", ordinary, replica, update) == PASSED


def test_the_application_cannot_put_triggers_to_sleep_or_become_somebody_else() -> None:
    replica = "SET LOCAL session_replication_role = replica"
    assert outcome("default", replica) == REFUSED
    assert outcome("owner", replica) == PASSED
    for role in OTHER_ROLES:
        assert outcome("default", f"SET LOCAL ROLE {role}") == REFUSED, role
        assert outcome("owner", f"SET LOCAL ROLE {role}") == PASSED


def test_the_application_calls_append_and_no_other_function() -> None:
    functions = rows(
        "SELECT oid::regprocedure::text, has_function_privilege('quietroom_app', oid, 'EXECUTE')"
        " FROM pg_proc WHERE pronamespace = 'audit'::regnamespace"
    )
    assert len(functions) >= 5
    assert [name for name, allowed in functions if allowed] == ["audit.append(bytea)"]


def test_the_owner_of_the_log_cannot_sign_in_and_owns_everything() -> None:
    assert rows(
        "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'quietroom_audit_owner'"
    ) == [(False, False)]
    owners = rows(
        "SELECT DISTINCT relowner::regrole::text FROM pg_class"
        " WHERE relnamespace = 'audit'::regnamespace"
    )
    assert owners == [("quietroom_audit_owner",)]


def test_every_partition_refuses_changes_also_one_that_is_made_later() -> None:
    with transaction.atomic(using="audit_sequencer"):
        rows("SELECT audit.make_partitions(9)", alias="audit_sequencer")
    assert len(kept_tables()) >= 13
    for table in kept_tables():
        triggers = rows(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND tgname LIKE 'refuse%%' ORDER BY 1",
            table,
        )
        assert triggers == [("refuse_change", "A"), ("refuse_truncate", "A")], table


def test_a_lazy_commit_is_refused_before_and_after_the_append() -> None:
    lazily = "SET LOCAL synchronous_commit = off"
    assert outcome("default", lazily, APPEND, params=[BODY]) != PASSED
    assert outcome("default", f"SELECT audit.append('{BODY.decode()}')", lazily) != PASSED
    assert rows("SELECT count(*) FROM audit.recorded") == [(0,)]
    locally = "SET LOCAL synchronous_commit = local"
    assert outcome("default", locally, APPEND, params=[BODY]) == PASSED


def test_a_look_alike_of_the_caller_does_not_blind_the_check_at_commit() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA alike; GRANT USAGE ON SCHEMA alike TO quietroom_app;"
            "CREATE FUNCTION alike.current_setting(text) RETURNS text LANGUAGE sql RETURN 'on'"
        )
    blinded = "SET LOCAL search_path = alike, pg_catalog"
    lazily = "SET LOCAL synchronous_commit = off"
    write = f"SELECT audit.append('{BODY.decode()}')"
    assert outcome("default", blinded, write, lazily) != PASSED
    assert rows("SELECT count(*) FROM audit.recorded") == [(0,)]
    assert outcome("default", blinded, write) == PASSED


def test_a_malformed_body_is_refused() -> None:
    for body in MALFORMED:
        assert outcome("default", APPEND, params=[body]) != PASSED, body
    assert outcome("default", APPEND, params=[BODY]) == PASSED


def test_the_caller_chooses_neither_identity_nor_time() -> None:
    for forged in (b'"id":"00000000-0000-4000-8000-000000000000"', b'"at":"1999-01-01"'):
        assert outcome("default", APPEND, params=[b"{" + forged + b"," + BODY[1:]]) != PASSED
    entry = append()
    found = rows(
        "SELECT id, recorded_at > now() - interval '1 minute',"
        " convert_from(body, 'UTF8')::jsonb->>'id',"
        " (convert_from(body, 'UTF8')::jsonb->>'at')::timestamptz = recorded_at FROM audit.recorded"
    )
    assert found == [(entry, True, str(entry), True)]


def test_names_that_the_caller_puts_in_front_are_not_used() -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE entries (LIKE pg_class)")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        append()
    assert rows("SELECT count(*) FROM audit.recorded") == [(1,)]


def fill_tree() -> None:
    """One leaf and one checkpoint, so that every kept table but the spare partitions has a row."""
    with connections["audit_sequencer"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit.leaves SELECT 0, entry, recorded_at, sha256(body) FROM audit.take(1)"
        )
        cursor.execute("INSERT INTO audit.checkpoints VALUES (1, sha256(''), sha256(''), 'note')")


def changes_to(table: str) -> list[str]:
    return [update_of(table), f"DELETE FROM {table}", f"TRUNCATE {table}"]


def update_of(table: str) -> str:
    second = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 2"
    ((column,),) = rows(second, table)
    return f"UPDATE {table} SET {column} = {column}"


def no_rows(table: str, statement: str) -> str:
    """Changing nothing in an empty partition is no change; TRUNCATE is refused even there."""
    empty = rows(f"SELECT count(*) FROM {table}") == [(0,)]
    return PASSED if empty and not statement.startswith("TRUNCATE") else REFUSED
