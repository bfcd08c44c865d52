"""An ended admission never lives again, not even by a mistake of the application."""

from django.db import migrations

FINAL = """
CREATE FUNCTION sessions_app_admission_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an ended admission is final' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER admission_is_final BEFORE UPDATE ON sessions_app_admission FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL AND (
        NEW.state <> OLD.state OR NEW.ended_at IS DISTINCT FROM OLD.ended_at
        OR NEW.user_id <> OLD.user_id OR NEW.session_id <> OLD.session_id))
    EXECUTE FUNCTION sessions_app_admission_is_final();
"""
UNDONE = """
DROP TRIGGER admission_is_final ON sessions_app_admission;
DROP FUNCTION sessions_app_admission_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0001_initial")]
    operations = [migrations.RunSQL(FINAL, UNDONE)]
