"""The log itself: see the SQL beside this file. There is no way back: nothing may drop the log."""

from pathlib import Path

from django.db import migrations

from audit import roles

SQL = Path(__file__).parent / "sql"


def make_roles(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(roles.ALL)])
        if cursor.fetchone()[0] < len(roles.ALL):
            roles.create(cursor)
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [roles.OWNER])
        if not cursor.fetchone()[0]:
            roles.own(cursor)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunPython(make_roles),
        migrations.RunSQL([(SQL / "0001_log.sql").read_text()]),
    ]
