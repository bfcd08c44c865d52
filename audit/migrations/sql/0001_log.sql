-- The audit log: append-only entries, an outbox for the sequencer, leaves and signed checkpoints.
-- Everything belongs to quietroom_audit_owner, which cannot sign in. Processes get what follows at
-- the end and nothing else: no role but the owner may INSERT an entry except through audit.append.

CREATE SCHEMA audit AUTHORIZATION quietroom_audit_owner;
SET LOCAL ROLE quietroom_audit_owner;

CREATE TABLE audit.entries (
    recorded_at timestamptz NOT NULL,
    id          uuid        NOT NULL,
    body        bytea       NOT NULL,
    act         text        NOT NULL,
    outcome     text        NOT NULL,
    actor       text,
    subject     text,
    session     text,
    PRIMARY KEY (recorded_at, id)
) PARTITION BY RANGE (recorded_at);

CREATE INDEX entries_actor ON audit.entries (actor, recorded_at DESC);
CREATE INDEX entries_subject ON audit.entries (subject, recorded_at DESC);
CREATE INDEX entries_session ON audit.entries (session, recorded_at DESC);

CREATE TABLE audit.outbox (
    position    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry       uuid        NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE TABLE audit.leaves (
    index       bigint      PRIMARY KEY CHECK (index >= 0),
    entry       uuid        NOT NULL UNIQUE,
    recorded_at timestamptz NOT NULL,
    hash        bytea       NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TABLE audit.checkpoints (
    size      bigint      PRIMARY KEY CHECK (size > 0),
    root      bytea       NOT NULL CHECK (octet_length(root) = 32),
    frontier  bytea       NOT NULL CHECK (octet_length(frontier) % 32 = 0),
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);


-- What is written stays. ALWAYS: ordinary triggers sleep under session_replication_role = replica.

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The row trigger of a partitioned table is cloned to its partitions, the TRUNCATE trigger is not.
CREATE FUNCTION audit.protect(protected regclass) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = protected AND tgname = 'refuse_change') THEN
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s
                        FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', protected);
    END IF;
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', protected);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change', protected);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_truncate', protected);
END $$;

SELECT audit.protect('audit.entries');
SELECT audit.protect('audit.leaves');
SELECT audit.protect('audit.checkpoints');


-- Months are made ahead. The default partition takes what comes when nobody made one, so that no
-- act fails for it; audit_sequencer raises the alarm when it holds anything.

CREATE TABLE audit.entries_default PARTITION OF audit.entries DEFAULT;
SELECT audit.protect('audit.entries_default');

CREATE FUNCTION audit.make_partitions(months_ahead integer) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    month timestamptz;
    name  text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit.make_partitions'));
    FOR month IN SELECT generate_series(
        date_trunc('month', clock_timestamp()),
        date_trunc('month', clock_timestamp()) + make_interval(months => months_ahead),
        interval '1 month')
    LOOP
        name := 'entries_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('audit.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.entries FOR VALUES FROM (%L) TO (%L)',
                       name, month, month + interval '1 month');
        PERFORM audit.protect(('audit.' || name)::regclass);
    END LOOP;
END $$;

SELECT audit.make_partitions(3);


-- The only way in. The caller gives the body; identity and time are the database's own.

CREATE FUNCTION audit.append(body bytea) RETURNS uuid LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said  jsonb       := convert_from(body, 'UTF8')::jsonb;
    entry uuid        := gen_random_uuid();
    now   timestamptz := clock_timestamp();
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        RAISE EXCEPTION 'audit.append needs synchronous_commit: the entry could be lost';
    END IF;
    IF octet_length(body) > 4096 OR said->>'v' IS DISTINCT FROM '1'
       OR said->>'act' IS NULL OR said->>'outcome' IS NULL
       OR length(said->>'salt') IS DISTINCT FROM 32 THEN
        RAISE EXCEPTION 'audit.append: malformed body' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO audit.entries (recorded_at, id, body, act, outcome, actor, subject, session)
    VALUES (now, entry, body, said->>'act', said->>'outcome',
            said->>'actor', said->>'subject', said->>'session');
    INSERT INTO audit.outbox (entry, recorded_at) VALUES (entry, now);
    RETURN entry;
END $$;

-- A caller could turn synchronous_commit off after the call: look again when it commits.
CREATE FUNCTION audit.refuse_asynchronous_commit() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        RAISE EXCEPTION 'an audit entry needs synchronous_commit until the end';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER commit_synchronously AFTER INSERT ON audit.outbox
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.refuse_asynchronous_commit();
ALTER TABLE audit.outbox ENABLE ALWAYS TRIGGER commit_synchronously;


-- Functions are PUBLIC's unless taken away.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
GRANT USAGE ON SCHEMA audit
    TO quietroom_app, quietroom_audit_reader, quietroom_audit_sequencer;

GRANT EXECUTE ON FUNCTION audit.append(bytea) TO quietroom_app;

GRANT SELECT ON audit.entries, audit.outbox, audit.leaves, audit.checkpoints
    TO quietroom_audit_reader, quietroom_audit_sequencer;
GRANT SELECT ON audit.entries_default TO quietroom_audit_sequencer;
GRANT DELETE ON audit.outbox TO quietroom_audit_sequencer;
GRANT INSERT ON audit.leaves, audit.checkpoints TO quietroom_audit_sequencer;
GRANT EXECUTE ON FUNCTION audit.make_partitions(integer) TO quietroom_audit_sequencer;

RESET ROLE;
