-- What the desk searches by: group, address and device become columns beside the body, and each
-- question walks one index backwards in time.

SET LOCAL ROLE quietroom_audit_owner;

ALTER TABLE audit.entries ADD COLUMN "group" text, ADD COLUMN address text, ADD COLUMN device text;

-- Rewrites the table from the bodies. An UPDATE would be refused, and rightly.
ALTER TABLE audit.entries
    ALTER COLUMN "group" TYPE text USING convert_from(body, 'UTF8')::jsonb->>'group',
    ALTER COLUMN address TYPE text USING convert_from(body, 'UTF8')::jsonb->>'address',
    ALTER COLUMN device TYPE text USING convert_from(body, 'UTF8')::jsonb->>'device';

CREATE INDEX entries_act ON audit.entries (act, recorded_at DESC);
CREATE INDEX entries_group ON audit.entries ("group", recorded_at DESC) WHERE "group" IS NOT NULL;
CREATE INDEX entries_address ON audit.entries (address, recorded_at DESC) WHERE address <> '';
CREATE INDEX entries_device ON audit.entries (device, recorded_at DESC) WHERE device <> '';
-- Few entries are not 'ok': this one costs an act almost nothing.
CREATE INDEX entries_refused ON audit.entries (outcome, recorded_at DESC) WHERE outcome <> 'ok';

CREATE OR REPLACE FUNCTION audit.append(body bytea) RETURNS uuid LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words   text        := convert_from(body, 'UTF8');
    said    jsonb       := words::jsonb;
    entry   uuid        := gen_random_uuid();
    now     timestamptz := clock_timestamp();
    stamped bytea;
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        RAISE EXCEPTION 'audit.append needs synchronous_commit: the entry could be lost';
    END IF;
    IF octet_length(body) > 4096 OR left(words, 1) <> '{' OR said ?| '{at,id}'
       OR said->>'v' IS DISTINCT FROM '1' OR said->>'act' IS NULL OR said->>'outcome' IS NULL
       OR length(said->>'salt') IS DISTINCT FROM 32 THEN
        RAISE EXCEPTION 'audit.append: malformed body' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    stamped := convert_to(format('{"at":"%s","id":"%s",',
        to_char(now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry)
        || substr(words, 2), 'UTF8');
    INSERT INTO audit.entries (recorded_at, id, body, act, outcome, actor, subject, session,
                               "group", address, device)
    VALUES (now, entry, stamped, said->>'act', said->>'outcome', said->>'actor',
            said->>'subject', said->>'session', said->>'group', said->>'address', said->>'device');
    INSERT INTO audit.outbox (entry, recorded_at) VALUES (entry, now);
    RETURN entry;
END $$;

RESET ROLE;
