-- What an outsider needs: identity and time inside the hashed bytes, subtrees for proofs, public
-- keys, receipts of anchors, and a retention that drops bodies but never a leaf.

SET LOCAL ROLE quietroom_audit_owner;


-- The database puts identity and time into the body before it is hashed: a leaf covers them too.

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
    INSERT INTO audit.entries (recorded_at, id, body, act, outcome, actor, subject, session)
    VALUES (now, entry, stamped, said->>'act', said->>'outcome',
            said->>'actor', said->>'subject', said->>'session');
    INSERT INTO audit.outbox (entry, recorded_at) VALUES (entry, now);
    RETURN entry;
END $$;


-- The roots of every 1024 leaves, so that a proof does not read the whole tree.
CREATE TABLE audit.blocks (
    index bigint PRIMARY KEY CHECK (index >= 0),
    hash  bytea  NOT NULL CHECK (octet_length(hash) = 32)
);

-- Every key that ever signed a checkpoint, in the form that auditors' tools take.
CREATE TABLE audit.keys (
    verifier_key text        PRIMARY KEY,
    first_size   bigint      NOT NULL CHECK (first_size > 0),
    known_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A checkpoint that was handed to somebody outside, and what they answered.
CREATE TABLE audit.anchors (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sink        text        NOT NULL,
    size        bigint      NOT NULL CHECK (size > 0),
    note        text        NOT NULL,
    receipt     text        NOT NULL,
    anchored_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX anchors_newest ON audit.anchors (sink, size DESC);


-- Retention. Six years for every act; an act class may be given longer, never less.

CREATE TABLE audit.retention (
    act_prefix text    PRIMARY KEY,
    years      integer NOT NULL CHECK (years >= 6)
);
INSERT INTO audit.retention VALUES ('', 6);

-- A legal hold keeps every body that names `ref`, or every body when it is null, until released.
CREATE TABLE audit.holds (
    id        uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    ref       text,
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE audit.hold_releases (
    hold        uuid        PRIMARY KEY,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The months whose bodies were dropped, how many stayed, and the export that was made before.
CREATE TABLE audit.retirements (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    month      date        NOT NULL,
    dropped    bigint      NOT NULL,
    kept       bigint      NOT NULL,
    manifest   text        NOT NULL CHECK (manifest ~ '^[0-9a-f]{64}$'),
    retired_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

SELECT audit.protect(name::regclass) FROM unnest(ARRAY[
    'audit.blocks', 'audit.keys', 'audit.anchors', 'audit.retention', 'audit.holds',
    'audit.hold_releases', 'audit.retirements']) AS name;

CREATE FUNCTION audit.must_stay(act text, body bytea, recorded_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN recorded_at + make_interval(years =>
            (SELECT max(years) FROM audit.retention WHERE starts_with(act, act_prefix)))
        >= clock_timestamp()
    OR EXISTS (
        SELECT FROM audit.holds
        WHERE NOT EXISTS (SELECT FROM audit.hold_releases WHERE hold = holds.id)
          AND (ref IS NULL OR ref IN (
              SELECT value FROM jsonb_each_text(convert_from(body, 'UTF8')::jsonb))));

-- Replaces a month's partition by one that holds only the bodies that must stay. Leaves are not
-- touched. For the migrating role alone; no process may call it.
CREATE FUNCTION audit.retire_month(month date, manifest text) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    name  text        := 'entries_' || to_char(month, 'YYYY_MM');
    since timestamptz := date_trunc('month', month);
    until timestamptz := date_trunc('month', month) + interval '1 month';
    dropped bigint;
    staying bigint;
BEGIN
    IF until + interval '6 years' >= clock_timestamp() THEN
        RAISE EXCEPTION 'the bodies of % have not been kept for six years', name;
    END IF;
    IF EXISTS (SELECT FROM audit.entries AS e WHERE e.recorded_at >= since AND e.recorded_at < until
               AND NOT EXISTS (SELECT FROM audit.leaves AS l WHERE l.entry = e.id)) THEN
        RAISE EXCEPTION 'an entry of % has no leaf yet', name;
    END IF;
    EXECUTE format('ALTER TABLE audit.entries DETACH PARTITION audit.%I', name);
    EXECUTE format('ALTER TABLE audit.%I RENAME TO retiring', name);
    EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.entries FOR VALUES FROM (%L) TO (%L)',
                   name, since, until);
    PERFORM audit.protect(('audit.' || name)::regclass);
    INSERT INTO audit.entries SELECT r.* FROM audit.retiring AS r
        WHERE audit.must_stay(r.act, r.body, r.recorded_at);
    GET DIAGNOSTICS staying = ROW_COUNT;
    SELECT count(*) - staying INTO dropped FROM audit.retiring;
    DROP TABLE audit.retiring;
    INSERT INTO audit.retirements (month, dropped, kept, manifest)
        VALUES (since, dropped, staying, manifest);
    RETURN dropped;
END $$;


REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.append(bytea) TO quietroom_app;
GRANT SELECT ON audit.blocks, audit.keys, audit.anchors, audit.retention, audit.holds,
    audit.hold_releases, audit.retirements TO quietroom_audit_reader, quietroom_audit_sequencer;
GRANT INSERT ON audit.blocks, audit.keys, audit.anchors TO quietroom_audit_sequencer;

RESET ROLE;
