"""The PostgreSQL roles: those that migrations grant to, and the logins named in the addresses.

MUST NOT give the application's role anything on audit entries, or TRUNCATE on anything.
"""

from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from audit import roles as audit_roles

GROUPS = {
    "default": audit_roles.APP,
    "audit_reader": audit_roles.READER,
    "audit_sequencer": audit_roles.SEQUENCER,
}


@dataclass(frozen=True, slots=True)
class Preparation:
    """Idempotent: may run before every release. `cursor` belongs to the owner's connection."""

    cursor: CursorWrapper
    owner: str

    def run(self, databases: dict[str, dict[str, Any]]) -> None:
        audit_roles.create(self.cursor)
        audit_roles.own(self.cursor)
        for alias, group in GROUPS.items():
            self._open_login(group, databases[alias])
        self._let_the_app_use_public()

    def _open_login(self, group: str, database: dict[str, Any]) -> None:
        """The login named in the address is the group itself or becomes a member of it."""
        login = str(database["USER"])
        if login not in (self.owner, *GROUPS.values()):
            self._execute(audit_roles.CREATE.replace("{role}", "{}"), login)
        if login != self.owner:
            password = sql.Literal(str(database["PASSWORD"]))
            statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            self.cursor.execute(statement.format(sql.Identifier(login), password))
        if login != group:
            self._execute("GRANT {} TO {}", group, login)

    def _let_the_app_use_public(self) -> None:
        """Default privileges only: a grant on existing tables would undo a migration's REVOKE."""
        self._execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        self._execute("GRANT USAGE ON SCHEMA public TO {}", audit_roles.APP)
        grant = "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT "
        tables = grant + "SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}"
        self._execute(tables, self.owner, audit_roles.APP)
        self._execute(grant + "USAGE, SELECT ON SEQUENCES TO {}", self.owner, audit_roles.APP)

    def _execute(self, statement: str, *names: str) -> None:
        """Role names are identifiers and cannot be parameters; psycopg quotes them."""
        composed = sql.SQL(statement)
        self.cursor.execute(composed.format(*map(sql.Identifier, names)))
