//! What a proof states, as an in-toto Statement v1 with a predicate of our own.
//!
//! Every field is a fact that the workspace's own records hold, or says that it was not looked at.
//! The order of fields is the order of the bytes that are signed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The type of the whole: in-toto's.
pub const DATA_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The type of our part; a change that old readers would misread changes it.
pub const PREDICATE_TYPE: &str = "https://specwright.dev/proof/v1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    pub kind: String,
    /// The files that it is about.
    pub subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    pub predicate: Predicate,
}

/// A file with its digest when the proof was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Below the workspace folder.
    pub name: String,
    /// `sha256` in hexadecimal.
    pub digest: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    pub id: String,
    /// One sentence, made of facts and of no text of a spec or model.
    pub headline: String,
    /// RFC 3339 in UTC.
    pub generated_at: String,
    pub tool: Tool,
    pub run: Run,
    pub asked: Asked,
    pub changed: Changes,
    pub reviewed: Vec<Review>,
    pub approved: Vec<Approval>,
    pub tested: Vec<Test>,
    pub undone: Vec<Undoing>,
    /// What one might expect and nobody did; never to be read as passed.
    pub not_run: Vec<String>,
    pub chain: Chain,
    pub redaction: Redaction,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

/// What happened, as one thing with a beginning and an end. An agent's run is one too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// `migration`, `provision`, `promotion`, `rollback`, `schema` or `range`; readers show a word
    /// that they do not know as it is.
    pub kind: String,
    /// The act in the audit chain, such as `migrate.apply`; empty for a range.
    pub name: String,
    /// What it was done to.
    pub target: String,
    pub intent: String,
    /// In the chain's words; empty while nobody has told the end.
    pub outcome: String,
    pub started_at: String,
    /// Left out for a run that nobody has ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended_at: Option<String>,
    /// Who acted in it.
    pub actors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checkpoint_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checkpoint_after: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Lines of specs that ask for what the run touched.
    pub requirements: Vec<Requirement>,
    pub migrations: Vec<MigrationText>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// `table posts`
    pub primitive: String,
    pub path: String,
    /// From 1.
    pub line: u32,
    pub text: String,
}

/// A migration spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MigrationText {
    pub name: String,
    pub path: String,
    /// Cut at 16 KiB.
    pub text: String,
    /// Whether the text is the one that the ledger says was applied; left out where the ledger does
    /// not know it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub is_as_applied: Option<bool>,
}

/// What is different after the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Between which two states files and databases were compared; empty where there was no
    /// checkpoint to compare with, and then both lists are empty too.
    pub compared: String,
    pub files: Vec<ChangedFile>,
    pub databases: Vec<ChangedDatabase>,
    pub ledger: Vec<LedgerRow>,
    /// What a checkpoint does not hold, and so was not compared.
    pub uncaptured: Vec<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedFile {
    pub path: String,
    /// `add`, `change` or `remove`.
    pub act: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lines_added: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lines_removed: Option<usize>,
    /// `link`, `folder`, `binary`, `executable`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedDatabase {
    pub path: String,
    /// Those with another number of rows.
    pub tables: Vec<ChangedTable>,
    /// A unified diff of the statements that make the schema; empty when it is the same.
    pub schema: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedTable {
    pub table: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows_before: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows_after: Option<u64>,
}

/// A row of the database's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRow {
    pub seq: i64,
    /// `apply`, `baseline` or `rollback`.
    pub kind: String,
    pub name: String,
    /// `done` or `running`.
    pub status: String,
    pub at: String,
    pub n_steps: i64,
    pub spec_hash: String,
    pub schema_before: String,
    pub schema_after: String,
    pub hash: String,
    /// The server that it lies on; the row is then as this workspace recorded it when it was written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub server: Option<String>,
}

/// A path or name and what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub name: String,
    pub why: String,
}

/// What the council said of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub change: String,
    pub at: String,
    /// `pass`, `needs_acknowledgement`, `inconclusive` or `block`.
    pub verdict: String,
    pub reasons: Vec<String>,
    pub findings: Vec<Finding>,
    pub reviewers: Vec<Reviewer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub reviewer: String,
    pub rule: String,
    pub risk: String,
    pub evidence: String,
    pub object: String,
    pub claim: String,
    /// Whether a person had said that it is meant.
    pub suppressed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    pub name: String,
    /// `done`, `not-run` or `failed`.
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The entry of the audit chain.
    pub entry: i64,
    pub at: String,
    pub actor: String,
    /// `started`, `overridden`, `acknowledged` or `suppressed`.
    pub act: String,
    pub subject: String,
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    pub what: String,
    pub result: TestResult,
    /// What shows it.
    pub evidence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestResult {
    Passed,
    Failed,
    /// Nobody knows.
    NotRun,
}

/// What was taken back, in the run or later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoing {
    /// The entry of the audit chain.
    pub entry: i64,
    pub at: String,
    pub actor: String,
    pub what: String,
    pub detail: String,
}

/// The part of the audit chain that tells of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chain {
    /// The hash of the chain's first entry, which tells chains apart.
    pub id: String,
    /// How many entries there were when the proof was made, and the hash of the last.
    pub n_entries: i64,
    pub head: String,
    /// Whether the whole chain held then.
    pub holds: bool,
    /// What did not hold.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub broken: Option<String>,
    /// The entries from the first to the last of the run, without gaps.
    pub entries: Vec<Entry>,
    /// The last seal that was kept of the chain, as `audit seal` wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seal: Option<String>,
}

/// An entry with all that its hash covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub seq: i64,
    pub at_ms: i64,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub prev: String,
    pub hash: String,
    /// Whether something in it was made unreadable, so that its hash cannot be computed from it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub redacted: bool,
}

/// What was done to keep secrets out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redaction {
    /// Whether all of it ran. A proof without it is not shared.
    pub applied: bool,
    /// Why not.
    pub problems: Vec<String>,
    /// Of the rules.
    pub rules: String,
    /// How many values were known to be secret and looked for.
    pub n_known_values: usize,
    pub masked: Vec<Masked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    pub kind: String,
    pub n: usize,
}

impl Statement {
    /// A statement of these facts about these files.
    #[must_use]
    pub fn new(subject: Vec<Subject>, predicate: Predicate) -> Self {
        let (kind, predicate_type) = (DATA_TYPE.to_owned(), PREDICATE_TYPE.to_owned());
        Self { kind, subject, predicate_type, predicate }
    }

    /// What is signed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = serde_json::to_vec_pretty(self).expect("keys are strings");
        out.push(b'\n');
        out
    }
}

impl Subject {
    /// A file with these bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let digest = BTreeMap::from([("sha256".to_owned(), crate::sha256(bytes))]);
        Self { name: name.to_owned(), digest }
    }
}
