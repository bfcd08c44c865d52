"""What the audit log says, read in a test's own transactions as the auditor's role."""

import json
from typing import Any

from django.db import connections, transaction

READ = "SELECT body FROM audit.recorded WHERE act = %s ORDER BY recorded_at"


def recorded(act: str) -> list[dict[str, Any]]:
    """The entries of one kind: those of acts, then those of refusals."""
    return [*_read("default", act), *_read("audit_denials", act)]


def _read(alias: str, act: str) -> list[dict[str, Any]]:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE quietroom_audit_reader")
        cursor.execute(READ, [act])
        rows = cursor.fetchall()
        cursor.execute("RESET ROLE")
    return [json.loads(bytes(body)) for (body,) in rows]
