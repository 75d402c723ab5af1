-- Declared resources that are in force: what each was declared as, by its hash.
CREATE TABLE resource (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    hash TEXT NOT NULL CHECK (hash <> ''),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq)
) STRICT, WITHOUT ROWID;
