"""More ways to find an entry: see the SQL beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_evidence")]
    operations = [migrations.RunSQL([(SQL / "0003_search.sql").read_text()])]
