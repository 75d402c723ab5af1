//! `council.override`: lets a change by against the council.

use super::reviews::ReviewData;
use super::{CommandCx, CommandError, reviews, store};
use model::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lets the last review's change by although the council stops it.
    ///
    /// It holds for this text of the change over this state of the database, and for nothing else.
    /// The reason stays in the audit log. `migrate apply --override REASON` does the same at once.
    pub(super) static COMMAND = {
        name: "council.override",
        effect: Write,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Why the change is right.
    pub reason: String,
    /// The review, by the digest that it was shown with or by the fingerprint of one of its findings;
    /// the last that stopped a change when left out.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub review: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// The change that is let by.
    pub subject: String,
    /// What the council says of it.
    pub verdict: String,
}

/// How many reviews are looked at, the newest first.
const REVIEWS_MAX: u32 = 200;

/// Runs the command on typed data.
///
/// # Errors
/// When there is no reason, or no review that stopped a change.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let reason = reviews::reason(&input.reason, "override the council")?;
    let mut catalog = store::existing(cx)?;
    let stored = catalog.reviews(REVIEWS_MAX).map_err(|it| store::failed(&it))?;
    let is_wanted = |report: &str| match &input.review {
        None => true,
        Some(name) => serde_json::from_str::<ReviewData>(report).is_ok_and(|it| {
            it.digest == *name || it.findings.iter().any(|it| it.fingerprint == *name)
        }),
    };
    let review = stored.iter().find(|it| it.verdict != Verdict::Pass && is_wanted(&it.report));
    let review = review.ok_or_else(|| {
        CommandError::user("override the council: no such review stopped a change")
            .hint("`specwright council show` lists the reviews")
    })?;
    let hashes = (review.subject_hash.as_str(), review.base_hash.as_str());
    catalog
        .override_review(&review.subject, hashes, review.verdict, &reason)
        .map_err(|it| store::failed(&it))?;
    Ok(Output { subject: review.subject.clone(), verdict: review.verdict.word().to_owned() })
}
