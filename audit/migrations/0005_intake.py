"""One narrow row for an act, indexes afterwards: see the SQL beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_refusals")]
    operations = [migrations.RunSQL([(SQL / "0005_intake.sql").read_text()])]
