//! `council.findings`: what reviewers found, over time.

use super::{CommandCx, CommandError, store};
use catalog::StoredFinding;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lists what the council found, until it is fixed.
    ///
    /// A finding is open until its file is reviewed again without it. What is suppressed says why,
    /// and until when.
    pub(super) static COMMAND = {
        name: "council.findings",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Fixed findings too.
    pub all: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Open ones first, by file and line.
    pub findings: Vec<TrackedData>,
    /// Open findings of medium risk or worse that no suppression covers.
    pub n_open: usize,
}

/// A finding over time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrackedData {
    pub fingerprint: String,
    /// `open`, `suppressed` or `fixed`.
    pub state: &'static str,
    /// Who found it.
    pub reviewers: Vec<String>,
    pub rule: String,
    pub class: String,
    pub risk: String,
    pub evidence: String,
    pub object: String,
    pub claim: String,
    /// The file; empty for a plan that was given.
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quote: String,
    /// When it was found first, and last.
    pub first: String,
    pub last: String,
    /// Why it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it counts again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the catalog is refused or cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let found = store::open(cx.system, store::root(cx)?).map_err(|it| store::refused(&it))?;
    let stored = match found {
        Some(catalog) => catalog.council_findings().map_err(|it| store::failed(&it))?,
        None => Vec::new(),
    };
    let now = cx.system.now();
    let findings = stored.iter().filter(|it| input.all || it.is_open).map(|it| data(it, now));
    let findings: Vec<TrackedData> = findings.collect();
    let counts = |it: &&TrackedData| it.state == "open" && !matches!(&*it.risk, "low" | "info");
    let n_open = findings.iter().filter(counts).count();
    Ok(Output { findings, n_open })
}

pub(super) fn data(it: &StoredFinding, now: model::Timestamp) -> TrackedData {
    let holds = it.suppression.as_ref().filter(|suppression| suppression.holds(it.risk, now));
    let state = match (it.is_open, holds) {
        (false, _) => "fixed",
        (true, Some(_)) => "suppressed",
        (true, None) => "open",
    };
    TrackedData {
        fingerprint: it.fingerprint.clone(),
        state,
        reviewers: it.reviewers.clone(),
        rule: it.rule.clone(),
        class: it.class.clone(),
        risk: it.risk.word().to_owned(),
        evidence: it.evidence.clone(),
        object: it.object.clone(),
        claim: it.claim.clone(),
        file: it.part.clone(),
        line: it.line,
        quote: it.quote.clone(),
        first: moment(it.first_at),
        last: moment(it.last_at),
        reason: holds.map(|it| it.reason.clone()),
        until: holds.and_then(|it| it.until).map(moment),
    }
}

/// In UTC, to the second.
pub(super) fn moment(it: model::Timestamp) -> String {
    Timestamp::from_millisecond(it.0)
        .map(|it| it.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}
