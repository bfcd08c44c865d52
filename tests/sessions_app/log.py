"""What the audit log has of this test's own transaction."""

from django.db import connection, transaction

READ = "SELECT act FROM audit.recorded ORDER BY recorded_at"


def acts_so_far() -> list[str]:
    """Every act in the order it was recorded; only for tests that are rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE quietroom_audit_reader")
        cursor.execute(READ)
        found = [str(act) for (act,) in cursor.fetchall()]
        cursor.execute("RESET ROLE")
    return found
