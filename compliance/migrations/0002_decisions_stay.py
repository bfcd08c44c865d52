"""A signed review, a decision on an alert and a reviewed use stay as they are, for everybody.

Ciphertext columns may be sealed anew, but only by the owner of the tables (`rotate_keys`).
"""

from django.db import migrations

PROTECT = """
CREATE FUNCTION compliance_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the desk decided stays: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION compliance_seals_anew(rel oid) RETURNS boolean LANGUAGE sql STABLE
    RETURN pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = rel), 'MEMBER');

CREATE FUNCTION compliance_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a signed review stays as it is'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.signed_at IS NOT NULL AND EXISTS (
        SELECT FROM compliance_reviewitem WHERE review_id = NEW.id AND finding = '') THEN
        RAISE EXCEPTION 'an item has no finding yet'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.program_id, NEW.kind, NEW.since, NEW.until, NEW.due_at, NEW.opened_at,
        NEW.population)
       IS DISTINCT FROM
       (OLD.id, OLD.program_id, OLD.kind, OLD.since, OLD.until, OLD.due_at, OLD.opened_at,
        OLD.population) THEN
        RAISE EXCEPTION 'what was drawn stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION compliance_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM compliance_review WHERE id = NEW.review_id AND signed_at IS NOT NULL)
       AND (TG_OP = 'INSERT'
            OR (NEW.id, NEW.review_id, NEW.position, NEW.about, NEW.finding, NEW.ticked_at)
               IS DISTINCT FROM
               (OLD.id, OLD.review_id, OLD.position, OLD.about, OLD.finding, OLD.ticked_at)
            OR NOT compliance_seals_anew(TG_RELID)) THEN
        RAISE EXCEPTION 'a signed review stays as it is'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.review_id, NEW.position, NEW.about)
       IS DISTINCT FROM (OLD.id, OLD.review_id, OLD.position, OLD.about) THEN
        RAISE EXCEPTION 'what was drawn stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION compliance_only_sealed_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'comment' IS DISTINCT FROM to_jsonb(OLD) - 'comment'
       OR NOT compliance_seals_anew(TG_RELID) THEN
        RAISE EXCEPTION 'what the desk decided stays as it is'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER stays BEFORE UPDATE ON compliance_review
    FOR EACH ROW EXECUTE FUNCTION compliance_review_stays();
CREATE TRIGGER stays BEFORE INSERT OR UPDATE ON compliance_reviewitem
    FOR EACH ROW EXECUTE FUNCTION compliance_item_stays();
CREATE TRIGGER stays BEFORE UPDATE ON compliance_alertstep
    FOR EACH ROW EXECUTE FUNCTION compliance_only_sealed_anew();
CREATE TRIGGER stays BEFORE UPDATE ON compliance_usereview
    FOR EACH ROW EXECUTE FUNCTION compliance_only_sealed_anew();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['review', 'reviewitem', 'alertstep', 'usereview'] LOOP
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
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['review', 'reviewitem', 'alertstep', 'usereview'] LOOP
        EXECUTE format('DROP TRIGGER stays ON compliance_%s', name);
        EXECUTE format('DROP TRIGGER is_not_deleted ON compliance_%s', name);
        EXECUTE format('DROP TRIGGER is_not_truncated ON compliance_%s', name);
    END LOOP;
END $$;
DROP FUNCTION compliance_refused(), compliance_review_stays(), compliance_item_stays(),
    compliance_only_sealed_anew(), compliance_seals_anew(oid);
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_desk")]
    operations = [migrations.RunSQL(PROTECT, UNDONE)]
