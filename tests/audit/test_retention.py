"""Bodies go after their years and not before; leaves stay, and the log still verifies."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connections

from audit import retention, verify
from audit.sequencer import Sequencer
from tests.audit.database import append, rows
from tests.audit.written_log import check, tampering

pytestmark = pytest.mark.usefixtures("log")

OLD, OLDER = date(2019, 3, 1), date(2019, 2, 1)
PEOPLE = ("user:a", "user:b", "user:c")
PAST = """
WITH past AS (
    SELECT gen_random_uuid() AS id, %s::timestamptz + %s * interval '1 day' AS at
), told AS (
    SELECT id, at, json_build_object('id', id, 'at', to_char(at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'act', %s, 'outcome', 'ok', 'actor', %s)::text AS body
    FROM past
)
INSERT INTO audit.outbox (entry, recorded_at, body)
SELECT id, at, convert_to(body, 'UTF8') FROM told
"""


@pytest.fixture
def aged() -> None:
    """Two old months with an entry of each person, then two entries of today."""
    with connections["owner"].cursor() as cursor:
        for month, end in ((OLDER, OLD), (OLD, date(2019, 4, 1))):
            table = f"audit.entries_{month:%Y_%m}"
            cursor.execute(
                f"CREATE TABLE {table} PARTITION OF audit.entries"
                f" FOR VALUES FROM ('{month} 00:00Z') TO ('{end} 00:00Z')"
            )
            cursor.execute(f"ALTER TABLE {table} OWNER TO quietroom_audit_owner")
            cursor.execute("SELECT audit.protect(%s::regclass)", [table])
            for day, person in enumerate(PEOPLE):
                act = "break.glass" if person == "user:c" else "test.made"
                at = f"{month} 00:00Z"
                cursor.execute(PAST, [at, day, act, person])
    for _ in range(2):
        append()
    sequence()


def sequence() -> None:
    Sequencer.from_settings().step()


def people_of(month: date) -> list[str]:
    found = rows(
        "SELECT actor FROM audit.entries WHERE to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM')"
        " = %s ORDER BY actor",
        f"{month:%Y-%m}",
    )
    return [str(person) for (person,) in found]


def test_months_past_their_years_leave_as_bundles(aged: None, tmp_path: Path) -> None:
    call_command("audit_retire", tmp_path, verbosity=0)
    sequence()
    assert people_of(OLDER) == people_of(OLD) == []
    assert rows("SELECT count(*) FROM audit.leaves WHERE index < 8") == [(8,)]
    found = check()
    assert found.last - found.bodies == 6
    for month in (OLDER, OLD):
        folder = tmp_path / f"audit-{month:%Y-%m}"
        keys = verify.keys_of((folder / "keys.txt").read_text())
        assert verify.check_bundle(folder, keys).bodies == 3
    assert retention.months_due() == []


def test_each_step_stands_in_the_log(aged: None, tmp_path: Path) -> None:
    call_command("audit_retire", tmp_path, verbosity=0)
    bodies = rows("SELECT body FROM audit.recorded WHERE starts_with(act, 'audit.')")
    said = sorted((json.loads(bytes(body)) for (body,) in bodies), key=lambda entry: entry["at"])
    assert [entry["act"] for entry in said] == ["audit.exported", "audit.bodies_retired"] * 2
    assert said[0]["object"] == said[1]["object"]
    assert said[1]["details"] == {"kept": 0, "month": 2, "year": 2019}


def test_a_legal_hold_keeps_whom_it_names_until_it_is_released(aged: None, tmp_path: Path) -> None:
    hold = retention_hold("user:b")
    call_command("audit_retire", tmp_path / "first", verbosity=0)
    sequence()
    assert people_of(OLDER) == people_of(OLD) == ["user:b"]
    assert check().last - check().bodies == 4
    assert retention.months_due() == []
    call_command("audit_hold", "release", hold, reason="court.order", verbosity=0)
    call_command("audit_retire", tmp_path / "second", verbosity=0)
    sequence()
    assert people_of(OLDER) == people_of(OLD) == []
    assert check().last - check().bodies == 6
    with pytest.raises(CommandError, match="No hold"):
        call_command("audit_hold", "release", hold, reason="court.order")


def test_a_hold_on_everything_keeps_everything(aged: None) -> None:
    assert retention.months_due() == [OLDER, OLD]
    retention_hold("all")
    assert retention.months_due() == []


def test_a_class_of_acts_may_be_kept_longer_but_never_shorter(aged: None, tmp_path: Path) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO audit.retention VALUES ('break.', 60)")
    call_command("audit_retire", tmp_path, verbosity=0)
    assert people_of(OLD) == ["user:c"]
    with pytest.raises(Error, match="check"), connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO audit.retention VALUES ('test.', 5)")


def test_the_database_keeps_younger_bodies_whoever_asks(aged: None) -> None:
    with pytest.raises(Error, match="six years"):
        rows("SELECT audit.retire_month(now()::date, repeat('0', 64))")
    assert rows("SELECT audit.retire_month('2019-02-01', repeat('0', 64))") == [(3,)]


def test_a_body_that_vanishes_beside_retention_is_still_named(aged: None, tmp_path: Path) -> None:
    retention_hold("user:b")
    call_command("audit_retire", tmp_path, verbosity=0)
    sequence()
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit.entries WHERE actor = 'user:b'")
        with pytest.raises(verify.Wrong, match="of 2019-02 1 bodies had to stay"):
            check()
    check()


def retention_hold(which: str) -> str:
    call_command("audit_hold", "place", which, reason="court.order", verbosity=0)
    ((hold,),) = rows("SELECT id FROM audit.holds")
    return str(hold)
