-- Who is asked to hold checkpoints. The sequencer alone knows AUDIT_ANCHORS, which holds passwords;
-- what watches it needs the names, also of an anchor that never took anything.

SET LOCAL ROLE quietroom_audit_owner;

CREATE TABLE audit.sinks (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text        NOT NULL,
    is_asked boolean     NOT NULL,
    since    timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT audit.protect('audit.sinks');

GRANT SELECT ON audit.sinks TO quietroom_audit_reader, quietroom_audit_sequencer;
GRANT INSERT ON audit.sinks TO quietroom_audit_sequencer;

RESET ROLE;
