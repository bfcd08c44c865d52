"""Refusals of a person or a group: see the SQL beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_search")]
    operations = [migrations.RunSQL([(SQL / "0004_refusals.sql").read_text()])]
