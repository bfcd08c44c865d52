"""What was attested stays in the words and with the days of then."""

from django.db import migrations

PROTECT = """
CREATE TRIGGER is_not_changed BEFORE UPDATE OR DELETE ON compliance_trainingrecord
    FOR EACH ROW EXECUTE FUNCTION compliance_refused();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON compliance_trainingrecord
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_refused();
ALTER TABLE compliance_trainingrecord ENABLE ALWAYS TRIGGER is_not_changed;
ALTER TABLE compliance_trainingrecord ENABLE ALWAYS TRIGGER is_not_truncated;
"""
UNDONE = """
DROP TRIGGER is_not_changed ON compliance_trainingrecord;
DROP TRIGGER is_not_truncated ON compliance_trainingrecord;
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0005_training")]
    operations = [migrations.RunSQL(PROTECT, UNDONE)]
