"""Published texts and signatures cannot be changed or deleted, not even by the application.

Ciphertext columns may be sealed anew, but only by the owner of the tables (`rotate_keys`).
"""

from django.db import migrations

PROTECT = """
CREATE FUNCTION consent_papers_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'papers stay as they were signed: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION consent_version_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'a published version stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a version begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = 'published' AND (NEW.text IS NOT NFC NORMALIZED OR position(E'\\r' IN NEW.text) > 0
       OR NEW.sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')) THEN
        RAISE EXCEPTION 'the hash is not of this text' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'draft' THEN
        IF NOT (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'superseded'))
           OR (NEW.superseded_at IS DISTINCT FROM OLD.superseded_at AND OLD.superseded_at IS NOT NULL)
           OR (NEW.id, NEW.agreement_id, NEW.number, NEW.text, NEW.sha256, NEW.created_at,
               NEW.published_at, NEW.published_by_id)
              IS DISTINCT FROM
              (OLD.id, OLD.agreement_id, OLD.number, OLD.text, OLD.sha256, OLD.created_at,
               OLD.published_at, OLD.published_by_id) THEN
            RAISE EXCEPTION 'a published version stays as it is'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION consent_signature_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signed consent_agreementversion;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO signed FROM consent_agreementversion WHERE id = NEW.version_id;
        IF NEW.state <> 'valid' OR signed.state <> 'published' OR signed.sha256 <> NEW.document_sha256 THEN
            RAISE EXCEPTION 'only the version in force is signed, with its own hash'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (NEW.state = OLD.state OR (OLD.state = 'valid' AND NEW.state IN ('withdrawn', 'superseded')))
       OR (NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND OLD.state <> 'valid')
       OR (NEW.id, NEW.user_id, NEW.version_id, NEW.signed_at, NEW.meaning, NEW.document_sha256,
           NEW.clauses, NEW.auth_strength)
          IS DISTINCT FROM
          (OLD.id, OLD.user_id, OLD.version_id, OLD.signed_at, OLD.meaning, OLD.document_sha256,
           OLD.clauses, OLD.auth_strength) THEN
        RAISE EXCEPTION 'a signature stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.printed_name, NEW.address, NEW.user_agent)
       IS DISTINCT FROM (OLD.printed_name, OLD.address, OLD.user_agent)
       AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RAISE EXCEPTION 'only the keeper of the keys seals anew'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER version_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON consent_agreementversion
    FOR EACH ROW EXECUTE FUNCTION consent_version_is_immutable();
CREATE TRIGGER version_is_not_truncated BEFORE TRUNCATE ON consent_agreementversion
    FOR EACH STATEMENT EXECUTE FUNCTION consent_papers_refused();
CREATE TRIGGER signature_is_immutable BEFORE INSERT OR UPDATE ON consent_signature
    FOR EACH ROW EXECUTE FUNCTION consent_signature_is_immutable();
CREATE TRIGGER signature_is_not_deleted BEFORE DELETE ON consent_signature
    FOR EACH ROW EXECUTE FUNCTION consent_papers_refused();
CREATE TRIGGER signature_is_not_truncated BEFORE TRUNCATE ON consent_signature
    FOR EACH STATEMENT EXECUTE FUNCTION consent_papers_refused();

ALTER TABLE consent_agreementversion ENABLE ALWAYS TRIGGER version_is_immutable;
ALTER TABLE consent_agreementversion ENABLE ALWAYS TRIGGER version_is_not_truncated;
ALTER TABLE consent_signature ENABLE ALWAYS TRIGGER signature_is_immutable;
ALTER TABLE consent_signature ENABLE ALWAYS TRIGGER signature_is_not_deleted;
ALTER TABLE consent_signature ENABLE ALWAYS TRIGGER signature_is_not_truncated;
"""
UNDONE = """
DROP TRIGGER version_is_immutable ON consent_agreementversion;
DROP TRIGGER version_is_not_truncated ON consent_agreementversion;
DROP TRIGGER signature_is_immutable ON consent_signature;
DROP TRIGGER signature_is_not_deleted ON consent_signature;
DROP TRIGGER signature_is_not_truncated ON consent_signature;
DROP FUNCTION consent_version_is_immutable();
DROP FUNCTION consent_signature_is_immutable();
DROP FUNCTION consent_papers_refused();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]
    operations = [migrations.RunSQL(PROTECT, UNDONE)]
