"""What the audit log says, read in a test's own transactions as the auditor's role."""

import json
from typing import Any
from uuid import UUID

from django.db import connections, transaction

READ = "SELECT id, body FROM audit.recorded WHERE act = %s ORDER BY recorded_at"


def recorded(act: str) -> list[dict[str, Any]]:
    """The entries of one kind that the act's connection sees, then those of refusals alone."""
    entries = _read("default", act)
    refusals = _read("audit_denials", act)
    return list((entries | refusals).values())


def _read(alias: str, act: str) -> dict[UUID, dict[str, Any]]:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE quietroom_audit_reader")
        cursor.execute(READ, [act])
        rows = cursor.fetchall()
        cursor.execute("RESET ROLE")
    return {key: json.loads(bytes(body)) for key, body in rows}
