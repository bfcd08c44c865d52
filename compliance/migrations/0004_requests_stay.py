"""What was asked stays as it was asked, an answered request as it was answered, and its history.

Ciphertext columns may be sealed anew, but only by the owner of the tables (`rotate_keys`).
"""

from django.db import migrations

PROTECT = """
CREATE FUNCTION compliance_request_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.program_id, NEW.asked_by_id, NEW.kind, NEW.asked_at)
       IS DISTINCT FROM (OLD.id, OLD.program_id, OLD.asked_by_id, OLD.kind, OLD.asked_at)
       OR (NEW.text IS DISTINCT FROM OLD.text AND NOT compliance_seals_anew(TG_RELID)) THEN
        RAISE EXCEPTION 'what was asked stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state IN ('answered', 'withdrawn') AND (NEW.state, NEW.outcome, NEW.due_at)
       IS DISTINCT FROM (OLD.state, OLD.outcome, OLD.due_at) THEN
        RAISE EXCEPTION 'an answered request stays as it is'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER stays BEFORE UPDATE ON compliance_privacyrequest
    FOR EACH ROW EXECUTE FUNCTION compliance_request_stays();
CREATE TRIGGER stays BEFORE UPDATE ON compliance_requeststep
    FOR EACH ROW EXECUTE FUNCTION compliance_only_sealed_anew();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['privacyrequest', 'requeststep'] LOOP
        EXECUTE format('CREATE TRIGGER is_not_deleted BEFORE DELETE ON compliance_%s
            FOR EACH ROW EXECUTE FUNCTION compliance_refused()', name);
        EXECUTE format('CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON compliance_%s
            FOR EACH STATEMENT EXECUTE FUNCTION compliance_refused()', name);
        EXECUTE format('ALTER TABLE compliance_%s ENABLE ALWAYS TRIGGER stays', name);
        EXECUTE format('ALTER TABLE compliance_%s ENABLE ALWAYS TRIGGER is_not_deleted', name);
        EXECUTE format('ALTER TABLE compliance_%s ENABLE ALWAYS TRIGGER is_not_truncated', name);
    END LOOP;
END $$;
"""
UNDONE = """
DROP TRIGGER stays ON compliance_privacyrequest;
DROP TRIGGER is_not_deleted ON compliance_privacyrequest;
DROP TRIGGER is_not_truncated ON compliance_privacyrequest;
DROP TRIGGER stays ON compliance_requeststep;
DROP TRIGGER is_not_deleted ON compliance_requeststep;
DROP TRIGGER is_not_truncated ON compliance_requeststep;
DROP FUNCTION compliance_request_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0003_requests")]
    operations = [migrations.RunSQL(PROTECT, UNDONE)]
