-- A person's or a group's refusals walk one index. They are few: an act that went well pays nothing.

SET LOCAL ROLE quietroom_audit_owner;

CREATE INDEX entries_refused_actor ON audit.entries (actor, recorded_at DESC) WHERE outcome <> 'ok';
CREATE INDEX entries_refused_subject ON audit.entries (subject, recorded_at DESC)
    WHERE outcome <> 'ok';
CREATE INDEX entries_refused_group ON audit.entries ("group", recorded_at DESC)
    WHERE outcome <> 'ok';

RESET ROLE;
