"""The database roles of the log, made by migrations where `prepare_database` has not made them.

The owner role can never sign in: changing the log's structure takes a migration. The application's
role can call `audit.append` and nothing else.
"""

from typing import Protocol

from psycopg import sql

OWNER = "quietroom_audit_owner"
APP = "quietroom_app"
READER = "quietroom_audit_reader"
SEQUENCER = "quietroom_audit_sequencer"
ALL = (OWNER, APP, READER, SEQUENCER)

# Roles belong to the whole server: two databases may be migrated at the same moment.
CREATE = """
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


class Cursor(Protocol):
    def execute(self, query: sql.Composable, /) -> object: ...


def create(cursor: Cursor) -> None:
    """Makes the missing roles; needs CREATEROLE only when one is missing."""
    for role in ALL:
        cursor.execute(sql.SQL(CREATE).format(role=sql.Identifier(role)))


def own(cursor: Cursor) -> None:
    """Lets the migrating role act as the owner, which has no login."""
    cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
