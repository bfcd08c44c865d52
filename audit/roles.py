"""The database roles of the log: groups without login, granted to the logins of the processes.

The owner role can never sign in: changing the log's structure takes a migration. The writer can
call `audit.append` and nothing else.
"""

from typing import Protocol

from psycopg import sql

OWNER = "quietroom_audit_owner"
WRITER = "quietroom_audit_writer"
READER = "quietroom_audit_reader"
SEQUENCER = "quietroom_audit_sequencer"
ALL = (OWNER, WRITER, READER, SEQUENCER)

# Roles belong to the whole server: two databases may be prepared at the same moment.
CREATE = """
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


class Cursor(Protocol):
    def execute(self, query: sql.Composable, /) -> object: ...


def create(cursor: Cursor) -> None:
    """Makes the missing group roles; needs CREATEROLE only when one is missing."""
    for role in ALL:
        cursor.execute(sql.SQL(CREATE).format(role=sql.Identifier(role)))


def prepare(cursor: Cursor, *, app: str, reader: str, sequencer: str) -> None:
    """Makes the group roles and gives each process's login its own. May be repeated."""
    create(cursor)
    own(cursor)
    for group, login in ((WRITER, app), (READER, reader), (SEQUENCER, sequencer)):
        grant = sql.SQL("GRANT {} TO {}")
        cursor.execute(grant.format(sql.Identifier(group), sql.Identifier(login)))


def own(cursor: Cursor) -> None:
    """Lets the migrating role act as the owner, which has no login."""
    cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
