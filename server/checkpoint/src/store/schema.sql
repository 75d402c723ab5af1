-- Bytes by their content. What is larger than a row should be lies in a file of its own.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    n_bytes INTEGER NOT NULL CHECK (n_bytes >= 0),
    -- Compressed; NULL when it is in a file.
    data BLOB
) STRICT;

CREATE TABLE workspace (
    id INTEGER PRIMARY KEY,
    root BLOB NOT NULL UNIQUE
) STRICT;

-- One state of one path. Checkpoints share them, so that an unchanged path costs a byte or two.
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    -- absent, dir, file, link, nested, or uncaptured
    kind TEXT NOT NULL,
    mode INTEGER NOT NULL,
    n_bytes INTEGER NOT NULL,
    -- Empty where there is none: NULL would be different from itself.
    hash BLOB NOT NULL,
    oid BLOB NOT NULL,
    -- A link's target, a reason, a head.
    detail BLOB NOT NULL
) STRICT;

CREATE INDEX item_by_path ON item (path);

CREATE TABLE checkpoint (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    -- The checkpoint that the restore behind this one went to.
    target TEXT,
    head BLOB,
    head_name TEXT,
    base BLOB,
    base_tree BLOB,
    -- Ids of items in the order of their paths: differences as variable-length numbers, compressed.
    items BLOB NOT NULL,
    is_partial INTEGER NOT NULL,
    -- NULL: not pinned.
    pinned_until_ms INTEGER
) STRICT;

CREATE INDEX checkpoint_by_workspace ON checkpoint (workspace, seq);

CREATE TABLE database_capture (
    checkpoint TEXT NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    path BLOB NOT NULL,
    -- NULL: there was none.
    hash BLOB,
    n_bytes INTEGER NOT NULL,
    PRIMARY KEY (checkpoint, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE buffer_capture (
    checkpoint TEXT NOT NULL REFERENCES checkpoint (id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (checkpoint, path)
) STRICT, WITHOUT ROWID;

-- What was read of files, by their properties.
CREATE TABLE seen (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    path BLOB NOT NULL,
    stat BLOB NOT NULL,
    hash BLOB NOT NULL,
    oid BLOB NOT NULL,
    n_bytes INTEGER NOT NULL,
    PRIMARY KEY (workspace, path)
) STRICT, WITHOUT ROWID;

-- Restores. One that is neither done nor aborted is finished by whoever comes next.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    pre TEXT NOT NULL,
    target TEXT NOT NULL,
    -- staging, applying, reverting, done, aborted
    state TEXT NOT NULL,
    stage BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    error TEXT
) STRICT;

CREATE TABLE change (
    journal INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    before INTEGER NOT NULL REFERENCES item (id),
    after INTEGER NOT NULL REFERENCES item (id),
    PRIMARY KEY (journal, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE database_change (
    journal INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    path BLOB NOT NULL,
    -- NULL: there shall be none.
    hash BLOB,
    PRIMARY KEY (journal, path)
) STRICT, WITHOUT ROWID;
