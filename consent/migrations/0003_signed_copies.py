"""A digest and a language for each signature, and the sealed copy of each.

The trigger of signatures learns the new columns; copies are kept like what they are copies of.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import crypto.fields

SIGNATURES = """
CREATE OR REPLACE FUNCTION consent_signature_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signed consent_agreementversion;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO signed FROM consent_agreementversion WHERE id = NEW.version_id;
        IF NEW.state <> 'valid' OR signed.state <> 'published' OR signed.sha256 <> NEW.document_sha256 THEN
            RAISE EXCEPTION 'only the version in force is signed, with its own hash'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.record_digest !~ '^[0-9a-f]{64}$' THEN
            RAISE EXCEPTION 'a signature has a digest' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (NEW.state = OLD.state OR (OLD.state = 'valid' AND NEW.state IN ('withdrawn', 'superseded')))
       OR (NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND OLD.state <> 'valid')
       OR (NEW.id, NEW.user_id, NEW.version_id, NEW.signed_at, NEW.meaning, NEW.document_sha256,
           NEW.clauses, NEW.auth_strength, NEW.language, NEW.record_digest)
          IS DISTINCT FROM
          (OLD.id, OLD.user_id, OLD.version_id, OLD.signed_at, OLD.meaning, OLD.document_sha256,
           OLD.clauses, OLD.auth_strength, OLD.language, OLD.record_digest) THEN
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
"""

COPIES = """
CREATE FUNCTION consent_copy_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.signature_id, NEW.user_id, NEW.sha256, NEW.sealed_at)
       IS DISTINCT FROM (OLD.id, OLD.signature_id, OLD.user_id, OLD.sha256, OLD.sealed_at)
       OR NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RAISE EXCEPTION 'a copy stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER copy_is_immutable BEFORE UPDATE ON consent_sealedcopy
    FOR EACH ROW EXECUTE FUNCTION consent_copy_is_immutable();
CREATE TRIGGER copy_is_not_deleted BEFORE DELETE ON consent_sealedcopy
    FOR EACH ROW EXECUTE FUNCTION consent_papers_refused();
CREATE TRIGGER copy_is_not_truncated BEFORE TRUNCATE ON consent_sealedcopy
    FOR EACH STATEMENT EXECUTE FUNCTION consent_papers_refused();

ALTER TABLE consent_sealedcopy ENABLE ALWAYS TRIGGER copy_is_immutable;
ALTER TABLE consent_sealedcopy ENABLE ALWAYS TRIGGER copy_is_not_deleted;
ALTER TABLE consent_sealedcopy ENABLE ALWAYS TRIGGER copy_is_not_truncated;
"""
COPIES_UNDONE = """
DROP TRIGGER copy_is_immutable ON consent_sealedcopy;
DROP TRIGGER copy_is_not_deleted ON consent_sealedcopy;
DROP TRIGGER copy_is_not_truncated ON consent_sealedcopy;
DROP FUNCTION consent_copy_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_papers_stay_as_signed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "signature", "language", models.CharField(default="en", max_length=8)
        ),
        migrations.AddField(
            "signature",
            "record_digest",
            models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunSQL(SIGNATURES, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SealedCopy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("pdf", crypto.fields.EncryptedBytesField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copy",
                        to="consent.signature",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COPIES, COPIES_UNDONE),
    ]
