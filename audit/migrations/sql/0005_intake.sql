-- An act writes one narrow row: what waits for its leaf lies in the outbox with its body. The
-- sequencer's step moves it among the entries, where the columns and indexes are that the desk
-- searches by. No right that a process has can change or remove a body on the way (ADR-0023).

SET LOCAL ROLE quietroom_audit_owner;

-- Entries that wait at this moment are among the entries already; audit.take leaves them there.
ALTER TABLE audit.outbox ADD COLUMN body bytea;
UPDATE audit.outbox AS o SET body = e.body
    FROM audit.entries AS e WHERE e.recorded_at = o.recorded_at AND e.id = o.entry;
ALTER TABLE audit.outbox ALTER COLUMN body SET NOT NULL;

CREATE OR REPLACE FUNCTION audit.append(body bytea) RETURNS uuid LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words   text        := convert_from(body, 'UTF8');
    said    jsonb       := words::jsonb;
    entry   uuid        := gen_random_uuid();
    now     timestamptz := clock_timestamp();
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        RAISE EXCEPTION 'audit.append needs synchronous_commit: the entry could be lost';
    END IF;
    IF octet_length(body) > 4096 OR left(words, 1) <> '{' OR said ?| '{at,id}'
       OR said->>'v' IS DISTINCT FROM '1' OR said->>'act' IS NULL OR said->>'outcome' IS NULL
       OR length(said->>'salt') IS DISTINCT FROM 32 THEN
        RAISE EXCEPTION 'audit.append: malformed body' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO audit.outbox (entry, recorded_at, body) VALUES (entry, now, convert_to(
        format('{"at":"%s","id":"%s",',
            to_char(now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry)
        || substr(words, 2), 'UTF8'));
    RETURN entry;
END $$;

-- The oldest entries that wait, moved among the others. The sequencer chooses how many, nothing
-- else: bodies go over as they are, and the columns are what the bodies say.
CREATE FUNCTION audit.take(most integer)
    RETURNS TABLE (entry uuid, recorded_at timestamptz, body bytea) LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH taken AS (
        DELETE FROM audit.outbox
        WHERE position IN (SELECT position FROM audit.outbox ORDER BY position LIMIT most)
        RETURNING position, entry, recorded_at, body
    ), told AS MATERIALIZED (
        SELECT *, convert_from(body, 'UTF8')::jsonb AS said FROM taken
    ), moved AS (
        INSERT INTO audit.entries (recorded_at, id, body, act, outcome, actor, subject, session,
                                   "group", address, device)
        SELECT recorded_at, entry, body, said->>'act', said->>'outcome', said->>'actor',
               said->>'subject', said->>'session', said->>'group', said->>'address',
               said->>'device'
        FROM told ON CONFLICT DO NOTHING
    )
    SELECT entry, recorded_at, body FROM told ORDER BY position
$$;

-- Nothing leaves the outbox but for the log. A plan made while a month was empty must not read the
-- whole month later: an entry is looked up by its key.
CREATE FUNCTION audit.refuse_loss() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (SELECT FROM gone LEFT JOIN audit.entries AS e
                   ON e.recorded_at = gone.recorded_at AND e.id = gone.entry
               WHERE e.body IS DISTINCT FROM gone.body) THEN
        RAISE EXCEPTION 'an entry leaves the outbox only for the log'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuse_loss AFTER DELETE ON audit.outbox REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_loss();
CREATE TRIGGER refuse_change BEFORE UPDATE ON audit.outbox
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.outbox
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.outbox ENABLE ALWAYS TRIGGER refuse_loss;
ALTER TABLE audit.outbox ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE audit.outbox ENABLE ALWAYS TRIGGER refuse_truncate;

-- What readers ask: an entry is there from its commit on, with or without its leaf.
CREATE VIEW audit.recorded AS
SELECT recorded_at, id, body, act, outcome, actor, subject, session, "group", address, device
FROM audit.entries
UNION ALL
SELECT recorded_at, entry, body, said->>'act', said->>'outcome', said->>'actor', said->>'subject',
       said->>'session', said->>'group', said->>'address', said->>'device'
FROM (SELECT recorded_at, entry, body, convert_from(body, 'UTF8')::jsonb AS said
      FROM audit.outbox) AS waiting;

REVOKE ALL ON FUNCTION audit.take(integer), audit.refuse_loss() FROM PUBLIC;
REVOKE DELETE ON audit.outbox FROM quietroom_audit_sequencer;
GRANT EXECUTE ON FUNCTION audit.take(integer) TO quietroom_audit_sequencer;
GRANT SELECT ON audit.recorded TO quietroom_audit_reader;

RESET ROLE;
