"""The names of the anchors that are asked: see the SQL beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_intake")]
    operations = [migrations.RunSQL([(SQL / "0006_sinks.sql").read_text()])]
