-- What models answered, by everything that they were asked: nothing is asked twice.
CREATE TABLE council_answer (
    key BLOB PRIMARY KEY CHECK (length(key) = 32),
    reviewer TEXT NOT NULL,
    answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was spent on models, answered or not.
CREATE TABLE council_call (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    reviewer TEXT NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens >= 0),
    micros INTEGER NOT NULL CHECK (micros >= 0),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq)
) STRICT;

CREATE INDEX council_call_by_time ON council_call (at_ms);

-- A review: of what, over what, by whose rules.
CREATE TABLE council_review (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL CHECK (subject <> ''),
    subject_hash TEXT NOT NULL CHECK (subject_hash <> ''),
    base_hash TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    verdict TEXT NOT NULL
        CHECK (verdict IN ('pass', 'needs_acknowledgement', 'inconclusive', 'block')),
    report TEXT NOT NULL,
    audit_seq INTEGER NOT NULL UNIQUE REFERENCES audit (seq)
) STRICT;

CREATE INDEX council_review_by_hash ON council_review (subject_hash, base_hash, policy_version);

-- A finding over time; what two reviewers say is one.
CREATE TABLE council_finding (
    part TEXT NOT NULL,
    fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
    reviewers TEXT NOT NULL,
    rule TEXT NOT NULL,
    class TEXT NOT NULL,
    risk TEXT NOT NULL CHECK (risk IN ('info', 'low', 'medium', 'high', 'critical')),
    evidence TEXT NOT NULL,
    object TEXT NOT NULL,
    claim TEXT NOT NULL,
    quote TEXT NOT NULL,
    line INTEGER,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    first_review INTEGER NOT NULL REFERENCES council_review (id),
    last_review INTEGER NOT NULL REFERENCES council_review (id),
    PRIMARY KEY (part, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE INDEX council_finding_by_fingerprint ON council_finding (fingerprint);

-- Findings that a person has said to be meant, with the reason.
CREATE TABLE council_suppression (
    fingerprint TEXT PRIMARY KEY CHECK (fingerprint <> ''),
    reason TEXT NOT NULL CHECK (trim(reason) <> ''),
    -- Of the finding then: a worse one counts again.
    risk TEXT NOT NULL CHECK (risk IN ('info', 'low', 'medium', 'high', 'critical')),
    until_ms INTEGER,
    audit_seq INTEGER NOT NULL REFERENCES audit (seq)
) STRICT, WITHOUT ROWID;

-- Changes that a person lets through against the council, once for each text of the change.
CREATE TABLE council_override (
    subject_hash TEXT NOT NULL CHECK (subject_hash <> ''),
    base_hash TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (trim(reason) <> ''),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (subject_hash, base_hash)
) STRICT, WITHOUT ROWID;
