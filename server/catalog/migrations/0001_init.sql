-- The audit chain: each entry's hash covers its fields and the hash before it.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'audit entries are never changed'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'audit entries are never deleted'); END;

-- Where the chain ends, so that a missing tail shows.
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

-- Texts that were seen, by content; the text itself stays in its file.
CREATE TABLE document (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    n_bytes INTEGER NOT NULL CHECK (n_bytes >= 0),
    seen_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a spec implied at one moment.
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY,
    spec TEXT NOT NULL CHECK (spec <> ''),
    at_ms INTEGER NOT NULL,
    detection TEXT NOT NULL,
    audit_seq INTEGER NOT NULL UNIQUE REFERENCES audit (seq)
) STRICT;

CREATE INDEX snapshot_by_spec ON snapshot (spec, id);

CREATE TABLE snapshot_document (
    snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    path TEXT NOT NULL CHECK (path <> ''),
    hash BLOB NOT NULL REFERENCES document (hash),
    PRIMARY KEY (snapshot_id, position)
) STRICT, WITHOUT ROWID;

-- Levels of rules that hold in this workspace on this machine only.
CREATE TABLE rule_setting (
    rule TEXT NOT NULL CHECK (rule <> ''),
    -- Empty for the whole workspace.
    path TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('off', 'on', 'hint', 'info', 'warning', 'error')),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (rule, path)
) STRICT, WITHOUT ROWID;
