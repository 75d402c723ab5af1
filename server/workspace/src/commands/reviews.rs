//! What the commands of the service `council` and the gate share: reviews as data, as a page to read,
//! and who is asked.

use super::{CommandCx, CommandError, ErrorKind};
use catalog::{Catalog, Suppression};
use council::models::{Budget, Limits, Panel, Seat, Spent, dollars};
use council::verdict;
use model::{CouncilFinding, Reach, Review, ReviewerRun, ReviewerStatus, Timestamp, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// What the council says of a change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReviewData {
    /// `pass`, `needs_acknowledgement`, `inconclusive` or `block`.
    pub verdict: String,
    /// Names this review of this change; what an acknowledgement of all of it repeats.
    pub digest: String,
    /// Why the verdict is not `pass`.
    pub reasons: Vec<String>,
    /// Worst first.
    pub findings: Vec<FindingData>,
    pub reviewers: Vec<ReviewerData>,
    /// Who can do what with rows of tables whose access changes, before and after.
    #[serde(default)]
    pub reachability: Vec<ReachData>,
    /// What models used for it; left out when none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<String>,
}

/// What a reviewer holds against a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FindingData {
    /// The same for the same finding after lines moved.
    pub fingerprint: String,
    pub reviewer: String,
    /// A rule's name, or a category for models.
    pub rule: String,
    /// `avail`, `dataloss`, `security`, `compat`, `secrets` or `spec`.
    pub class: String,
    /// `critical`, `high`, `medium`, `low` or `info`.
    pub risk: String,
    /// `proved`, `verified`, `corroborated`, `plausible` or `rejected`.
    pub evidence: String,
    /// What it asks for: `block`, `acknowledge`, or nothing when empty.
    pub asks: String,
    pub object: String,
    pub claim: String,
    /// When it goes wrong, for whom; empty when the claim says it.
    pub trigger: String,
    /// The text that causes it; credentials in it are masked.
    pub quote: String,
    /// Which text: a file below the workspace, or the part of the change, such as `migration`.
    #[serde(alias = "file")]
    pub part: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// First and last byte of its place in that text.
    pub span: Option<[u32; 2]>,
    pub fix: Option<FixData>,
    /// Whether a person has said that it is meant.
    pub suppressed: bool,
}

/// A way out of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixData {
    pub title: String,
    /// What to write; empty when the title says it all.
    pub text: String,
    /// Whether the text may replace the finding's place as it is.
    pub replaces_place: bool,
}

/// Who can do what with the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReachData {
    pub object: String,
    pub role: String,
    /// `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// `none`, `all`, or the condition; `null` when the table was not there.
    pub before: Option<String>,
    pub after: Option<String>,
    pub is_wider: bool,
}

/// How one reviewer's part ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewerData {
    pub name: String,
    /// `done`, `not_run` or `failed`.
    #[serde(alias = "state")]
    pub status: String,
    /// Why it was not run, or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    pub ms: u64,
}

/// A review as fronts see it, with what persons have suppressed by `now`.
pub(super) fn data(
    review: &Review,
    suppressions: &[Suppression],
    now: Timestamp,
    spent: Option<Spent>,
) -> ReviewData {
    ReviewData {
        verdict: review.verdict.word().to_owned(),
        digest: digest(review),
        reasons: review.reasons.clone(),
        findings: findings(review, suppressions, now),
        reviewers: review.runs.iter().map(ReviewerData::from).collect(),
        reachability: review.reachability.iter().map(ReachData::from).collect(),
        spent: spent.map(|it| format!("{} tokens, {}", it.tokens, dollars(it.micros))),
    }
}

/// The findings of a review, with what persons have suppressed by `now`.
pub(super) fn findings(
    review: &Review,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Vec<FindingData> {
    let data = |it: &CouncilFinding| {
        let asks = match verdict::asks(it, suppressions, now) {
            Verdict::Block => "block",
            Verdict::NeedsAcknowledgement => "acknowledge",
            Verdict::Inconclusive | Verdict::Pass => "",
        };
        let suppressed = verdict::is_suppressed(it, suppressions, now);
        FindingData { asks: asks.to_owned(), suppressed, ..FindingData::from(it) }
    };
    review.findings.iter().map(data).collect()
}

impl From<&CouncilFinding> for FindingData {
    fn from(it: &CouncilFinding) -> Self {
        Self {
            fingerprint: it.fingerprint.clone(),
            reviewer: it.reviewer.clone(),
            rule: it.rule.clone(),
            class: it.class.word().to_owned(),
            risk: it.risk.word().to_owned(),
            evidence: it.evidence.word().to_owned(),
            object: it.object.clone(),
            claim: it.claim.clone(),
            trigger: it.trigger.clone(),
            quote: it.quote.clone(),
            part: it.place.as_ref().map(|it| it.part.clone()),
            line: it.place.as_ref().map(|it| it.line),
            span: it.place.as_ref().map(|it| [it.span.start, it.span.end]),
            fix: it.fix.as_ref().map(|it| FixData {
                title: it.title.clone(),
                text: it.text.clone(),
                replaces_place: it.replaces_place,
            }),
            asks: String::new(),
            suppressed: false,
        }
    }
}

impl From<&Reach> for ReachData {
    fn from(it: &Reach) -> Self {
        Self {
            object: it.object.clone(),
            role: it.role.clone(),
            command: it.command.to_owned(),
            before: it.before.clone(),
            after: it.after.clone(),
            is_wider: it.is_wider,
        }
    }
}

impl From<&ReviewerRun> for ReviewerData {
    fn from(it: &ReviewerRun) -> Self {
        let (status, why) = match &it.status {
            ReviewerStatus::Done => ("done", None),
            ReviewerStatus::NotRun(why) => ("not_run", Some(why.clone())),
            ReviewerStatus::Failed(why) => ("failed", Some(why.clone())),
        };
        Self { name: it.reviewer.clone(), status: status.to_owned(), why, ms: it.ms }
    }
}

/// What the council says, in a few words.
pub(super) fn verdict_in_words(verdict: &str) -> &'static str {
    match verdict {
        "pass" => "the council passes it",
        "needs_acknowledgement" => "the council asks whether this is meant",
        "inconclusive" => "the council came to no verdict",
        _ => "the council blocks it",
    }
}

impl ReviewData {
    /// What the council says, in a few words.
    #[must_use]
    pub fn verdict_in_words(&self) -> &'static str {
        verdict_in_words(&self.verdict)
    }

    /// The review as a page of Markdown: findings, who can do what, and who was asked.
    #[must_use]
    pub fn page(&self, title: &str) -> String {
        let mut out = format!("# {title}\n\n{}.\n", capital(self.verdict_in_words()));
        for it in &self.findings {
            out += &it.section();
        }
        if !self.reachability.is_empty() {
            out += "\n## Who can do what\n\n| table | who | may | before | after |\n| --- | --- | --- | --- | --- |\n";
        }
        for it in &self.reachability {
            let cell = |it: &Option<String>| cell(it.as_deref().unwrap_or("(not there)"));
            let wider = if it.is_wider { " (wider)" } else { "" };
            let (before, after) = (cell(&it.before), cell(&it.after));
            let _ = writeln!(
                out,
                "| {} | {} | {} | {before} | {after}{wider} |",
                it.object, it.role, it.command
            );
        }
        out += "\n## Reviewers\n\n";
        for it in &self.reviewers {
            let why = it.why.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            let _ = writeln!(out, "- {}: {}{why}", it.name, it.status.replace('_', " "));
        }
        if let Some(spent) = &self.spent {
            let _ = writeln!(out, "\nModels used {spent}.");
        }
        out
    }
}

impl FindingData {
    /// `forge/migrations/0002.yaml:3`; empty for what has no place.
    #[must_use]
    pub fn place(&self) -> String {
        match (&self.part, self.line) {
            (Some(part), Some(line)) => format!("{part}:{line}"),
            (Some(part), None) => part.clone(),
            _ => String::new(),
        }
    }

    fn section(&self) -> String {
        let suppressed = if self.suppressed { ", suppressed" } else { "" };
        let mut out = format!("\n## {}{suppressed}: {}\n\n", capital(&self.risk), self.claim);
        let _ = writeln!(
            out,
            "{} by {}/{}, {} ({})",
            self.place(),
            self.reviewer,
            self.rule,
            self.evidence,
            self.fingerprint
        );
        if !self.trigger.is_empty() {
            let _ = writeln!(out, "\n{}", capital(&self.trigger));
        }
        let mut code = |intro: &str, text: &str| {
            // A fence that the text itself does not hold.
            let fence = "`".repeat(3 + text.matches("```").count());
            let _ = writeln!(out, "\n{intro}\n\n{fence}\n{}\n{fence}", text.trim_end());
        };
        if !self.quote.is_empty() {
            code("It says:", &self.quote);
        }
        match &self.fix {
            Some(fix) if fix.text.is_empty() => {
                let _ = writeln!(out, "\nFix: {}", fix.title);
            }
            Some(fix) => code(&format!("Fix: {}", fix.title), &fix.text),
            None => {}
        }
        out
    }
}

/// Text that stays in its cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// Names a review by the change, the verdict and what was found: an acknowledgement of one is none
/// of another.
pub(super) fn digest(review: &Review) -> String {
    let mut fingerprints: Vec<&str> =
        review.findings.iter().map(|it| it.fingerprint.as_str()).collect();
    fingerprints.sort_unstable();
    let hashes = [review.subject_hash.as_str(), &review.base_hash, review.verdict.word()];
    let text = hashes.into_iter().chain(fingerprints).collect::<Vec<_>>().join("\0");
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
}

/// The models that the user's own settings name; `None` when they name none.
pub(super) fn panel(cx: &CommandCx<'_>) -> Option<Panel> {
    let seats = cx.settings.council_models.iter().flat_map(|it| {
        let seat =
            |lens: &council::models::Lens| Seat { endpoint: it.endpoint.clone(), lens: *lens };
        it.lenses.iter().map(seat).collect::<Vec<Seat>>()
    });
    let seats: Vec<Seat> = seats.collect();
    (!seats.is_empty()).then(|| Panel { seats, limits: Limits::default() })
}

/// What models may still use today.
pub(super) fn budget(cx: &CommandCx<'_>, catalog: &Catalog) -> Result<Budget, CommandError> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let since = Timestamp(cx.system.now().0 - DAY_MS);
    let (tokens, micros) = catalog.council_spent(since).map_err(|it| super::store::failed(&it))?;
    let settings = &cx.settings;
    let (tokens_max, micros_max) =
        (settings.council_tokens_per_day, settings.council_dollars_per_day.0);
    Ok(Budget::new(tokens_max, micros_max, Spent { tokens, micros }))
}

/// A reason that a person typed: said in words, short enough for the audit log, without secrets.
pub(super) fn reason(text: &str, attempt: &str) -> Result<String, CommandError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().filter(|it| it.is_alphabetic()).count() < 3 {
        let error = CommandError::new(ErrorKind::User, format!("{attempt}: there is no reason"));
        return Err(error.hint("say in words why; it stays in the audit log"));
    }
    let short: String = text::secrets::redact(&text).chars().take(500).collect();
    Ok(short)
}
