"""Roles are made from the addresses, and the application's role is held to its rights."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError


def test_preparing_twice_changes_nothing(committed_db: str) -> None:
    call_command("prepare_database")
    call_command("prepare_database")
    assert role_of("default") == "quietroom_app"
    assert role_of("audit_sequencer") == "quietroom_sequencer"


@pytest.mark.django_db
def test_the_application_writes_its_own_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "DROP TABLE django_session",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE quietroom_audit_owner",
        "SELECT 1 FROM audit.entries",
        "CREATE ROLE mallory",
    ],
)
def test_the_application_changes_no_structure(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def role_of(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])
