//! What the commands of the service `council` and the gate share: reviews as data, and who is asked.

use super::{CommandCx, CommandError, ErrorKind};
use catalog::{Catalog, Suppression};
use council::models::{Budget, Limits, Panel, Seat, Spent, dollars};
use council::verdict;
use model::{CouncilFinding, Review, ReviewerStatus, Timestamp, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// What models used for it; left out when none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<String>,
}

/// What a reviewer holds against a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// When it goes wrong, for whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trigger: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quote: String,
    /// The file or part that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// First and last byte of its place in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// How one reviewer's part ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewerData {
    pub name: String,
    /// `done`, `not-run` or `failed`.
    pub state: String,
    /// Why it gave no answer.
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
    let findings = review.findings.iter().map(|it| {
        let suppressed = verdict::is_suppressed(it, suppressions, now);
        finding(it, suppressed, verdict::asks(it, suppressions, now))
    });
    ReviewData {
        verdict: review.verdict.word().to_owned(),
        digest: digest(review),
        reasons: review.reasons.clone(),
        findings: findings.collect(),
        reviewers: review.runs.iter().map(reviewer).collect(),
        spent: spent.map(|it| format!("{} tokens, {}", it.tokens, dollars(it.micros))),
    }
}

fn finding(it: &CouncilFinding, suppressed: bool, asks: Verdict) -> FindingData {
    let asks = match asks {
        Verdict::Block => "block",
        Verdict::NeedsAcknowledgement => "acknowledge",
        Verdict::Inconclusive | Verdict::Pass => "",
    };
    FindingData {
        fingerprint: it.fingerprint.clone(),
        reviewer: it.reviewer.clone(),
        rule: it.rule.clone(),
        class: it.class.word().to_owned(),
        risk: it.risk.word().to_owned(),
        evidence: it.evidence.word().to_owned(),
        asks: asks.to_owned(),
        object: it.object.clone(),
        claim: it.claim.clone(),
        trigger: it.trigger.clone(),
        quote: it.quote.clone(),
        file: it.place.as_ref().map(|it| it.part.clone()),
        line: it.place.as_ref().map(|it| it.line),
        span: it.place.as_ref().map(|it| [it.span.start, it.span.end]),
        fix: it.fix.as_ref().map(|it| FixData {
            title: it.title.clone(),
            text: it.text.clone(),
            replaces_place: it.replaces_place,
        }),
        suppressed,
    }
}

fn reviewer(it: &model::ReviewerRun) -> ReviewerData {
    let (state, why) = match &it.status {
        ReviewerStatus::Done => ("done", None),
        ReviewerStatus::NotRun(why) => ("not-run", Some(why.clone())),
        ReviewerStatus::Failed(why) => ("failed", Some(why.clone())),
    };
    ReviewerData { name: it.reviewer.clone(), state: state.to_owned(), why, ms: it.ms }
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
