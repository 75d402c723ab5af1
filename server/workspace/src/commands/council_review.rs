//! `council.review`: what the council says of one migration in SQL.

use super::schema::{DialectWord, read_text};
use super::{CommandCx, CommandError};
use council::{Part, PartKind, Subject};
use migrate::plan::Dialect;
use model::{Reach, Review, ReviewerRun, ReviewerStatus, SubjectKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Reviews a migration in SQL over the schema that it changes.
    ///
    /// The deterministic reviewers read both texts, judge the net effect, run SQLite in memory on
    /// made-up rows, and say who can do what with which rows. Critical and high findings block; medium
    /// ones ask to be acknowledged where access widens or data can go. A text that cannot be read is
    /// inconclusive, never a pass. Nothing is changed, and nothing leaves the machine.
    pub(super) static COMMAND = {
        name: "council.review",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// SQL file with the schema before; without it every table that is used is taken to be there.
    #[serde(default)]
    pub base: Option<String>,
    /// SQL file with the migration.
    pub migration: String,
    /// SQL file with the way back.
    #[serde(default)]
    pub down: Option<String>,
    /// Specs that the schema must agree with.
    #[serde(default)]
    pub spec: Vec<String>,
    /// `postgres` or `sqlite`; told from the migration when left out.
    #[serde(default)]
    pub engine: Option<DialectWord>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// `pass`, `needs_acknowledgement`, `inconclusive` or `block`.
    pub verdict: &'static str,
    /// Why it is no pass.
    pub reasons: Vec<String>,
    /// Worst first.
    pub findings: Vec<FindingData>,
    /// Who can do what with rows of tables whose access changes, before and after.
    pub reachability: Vec<ReachData>,
    pub reviewers: Vec<ReviewerData>,
    /// Identifies the change.
    pub subject_hash: String,
    /// Identifies what it starts from.
    pub base_hash: String,
    /// Identifies the rules.
    pub policy_version: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FindingData {
    pub reviewer: String,
    pub rule: String,
    /// `avail`, `dataloss`, `security`, `compat` or `spec`.
    pub class: &'static str,
    /// `critical`, `high`, `medium`, `low` or `info`.
    pub risk: &'static str,
    pub object: String,
    pub claim: String,
    /// When it goes wrong; empty when the claim says it.
    pub trigger: String,
    /// The statement; credentials in it are masked.
    pub quote: String,
    /// Which text: `migration`, `down`, or the path of a spec.
    pub part: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    pub fix: Option<FixData>,
    /// The same for the same finding wherever its lines have moved.
    pub fingerprint: String,
    /// `proved` when it was seen to happen, `verified` when it follows from the texts.
    pub evidence: &'static str,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FixData {
    pub title: String,
    /// What to write; empty when the title says it all.
    pub text: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReachData {
    pub object: String,
    pub role: String,
    /// `select`, `insert`, `update` or `delete`.
    pub command: &'static str,
    /// `none`, `all`, or the condition; `null` when the table was not there.
    pub before: Option<String>,
    pub after: Option<String>,
    pub is_wider: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewerData {
    pub name: String,
    /// `done`, `not_run` or `failed`.
    pub status: &'static str,
    /// Why it was not run, or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    pub ms: u64,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a file cannot be read; what is in it is never an error.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut parts = Vec::new();
    let mut add = |kind: PartKind, name: &str, path: &str| -> Result<(), CommandError> {
        parts.push(Part { kind, name: name.to_owned(), text: read_text(cx, path)? });
        Ok(())
    };
    if let Some(base) = &input.base {
        add(PartKind::Base, "base", base)?;
    }
    add(PartKind::Migration, "migration", &input.migration)?;
    if let Some(down) = &input.down {
        add(PartKind::Down, "down", down)?;
    }
    for spec in &input.spec {
        add(PartKind::Spec, spec, spec)?;
    }
    let dialect = match input.engine {
        Some(DialectWord::Sqlite) => Dialect::Sqlite,
        Some(DialectWord::Postgres) => Dialect::Postgres,
        None => council::dialect_of(&parts),
    };
    let subject = Subject { kind: SubjectKind::MigrationPlan, dialect, parts };
    let panel = council::deterministic();
    let panel: Vec<_> = panel.iter().map(AsRef::as_ref).collect();
    Ok(Output::from(council::review(&subject, &panel, cx.system)))
}

impl From<Review> for Output {
    fn from(review: Review) -> Self {
        Self {
            verdict: review.verdict.word(),
            reasons: review.reasons,
            findings: review.findings.into_iter().map(FindingData::from).collect(),
            reachability: review.reachability.into_iter().map(ReachData::from).collect(),
            reviewers: review.runs.into_iter().map(ReviewerData::from).collect(),
            subject_hash: review.subject_hash,
            base_hash: review.base_hash,
            policy_version: review.policy_version,
        }
    }
}

impl From<model::CouncilFinding> for FindingData {
    fn from(it: model::CouncilFinding) -> Self {
        let (part, line) = it.place.map(|it| (it.part, it.line)).unzip();
        Self {
            reviewer: it.reviewer,
            rule: it.rule,
            class: it.class.word(),
            risk: it.risk.word(),
            object: it.object,
            claim: it.claim,
            trigger: it.trigger,
            quote: it.quote,
            part,
            line,
            fix: it.fix.map(|it| FixData { title: it.title, text: it.text }),
            fingerprint: it.fingerprint,
            evidence: it.evidence.word(),
        }
    }
}

impl From<Reach> for ReachData {
    fn from(it: Reach) -> Self {
        let Reach { object, role, command, before, after, is_wider } = it;
        Self { object, role, command, before, after, is_wider }
    }
}

impl From<ReviewerRun> for ReviewerData {
    fn from(it: ReviewerRun) -> Self {
        let (status, why) = match it.status {
            ReviewerStatus::Done => ("done", None),
            ReviewerStatus::NotRun(why) => ("not_run", Some(why)),
            ReviewerStatus::Failed(why) => ("failed", Some(why)),
        };
        Self { name: it.reviewer, status, why, ms: it.ms }
    }
}
