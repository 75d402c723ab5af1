//! `council.show`: the reviews that were made.

use super::council_findings::moment;
use super::reviews::ReviewData;
use super::{CommandCx, CommandError, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Shows the latest reviews, with their findings and reviewers.
    pub(super) static COMMAND = {
        name: "council.show",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// How many reviews; 1 when left out.
    pub last: Option<u32>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Newest first.
    pub reviews: Vec<StoredData>,
}

/// A review, as it was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StoredData {
    /// What was reviewed.
    pub subject: String,
    pub at: String,
    pub subject_hash: String,
    pub base_hash: String,
    /// The rules and reviewers that it was made with.
    pub policy_version: String,
    /// Why the change was let by all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    #[serde(flatten)]
    pub review: ReviewData,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the catalog is refused or cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let found = store::open(cx.system, store::root(cx)?).map_err(|it| store::refused(&it))?;
    let Some(catalog) = found else { return Ok(Output { reviews: Vec::new() }) };
    let stored = catalog.reviews(input.last.unwrap_or(1)).map_err(|it| store::failed(&it))?;
    let mut reviews = Vec::new();
    for it in stored {
        // A report that another version wrote may have another form.
        let Ok(review) = serde_json::from_str(&it.report) else { continue };
        let override_reason = catalog.override_of(&it.subject_hash, &it.base_hash);
        reviews.push(StoredData {
            at: moment(it.at),
            override_reason: override_reason.map_err(|it| store::failed(&it))?,
            subject: it.subject,
            subject_hash: it.subject_hash,
            base_hash: it.base_hash,
            policy_version: it.policy_version,
            review,
        });
    }
    Ok(Output { reviews })
}

impl StoredData {
    /// The review as a page of Markdown.
    #[must_use]
    pub fn page(&self) -> String {
        let mut out = self.review.page(&format!("Review of {}", self.subject));
        if let Some(reason) = &self.override_reason {
            out += &format!("\nLet by: {reason}\n");
        }
        out
    }
}

/// The latest review that has the finding of that fingerprint, or the latest of all.
///
/// # Errors
/// When the catalog is refused or cannot be read.
pub fn find(
    cx: &CommandCx<'_>,
    fingerprint: Option<&str>,
) -> Result<Option<StoredData>, CommandError> {
    /// How many reviews are looked at, the newest first.
    const LATEST_MAX: u32 = 200;
    let reviews = run(cx, &Input { last: Some(LATEST_MAX) })?.reviews;
    let has_it = |it: &StoredData| {
        fingerprint
            .is_none_or(|wanted| it.review.findings.iter().any(|it| it.fingerprint == wanted))
    };
    Ok(reviews.into_iter().find(has_it))
}
