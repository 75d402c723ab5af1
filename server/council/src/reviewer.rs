//! What a reviewer is, and the panel that is always asked.

use crate::Subject;
use model::{CouncilFinding, Reach, ReviewerStatus};

/// Looks at a change; reviewers do not see each other.
pub trait Reviewer: Sync {
    /// Kebab-case, unique within a panel.
    fn name(&self) -> &str;
    /// Answers from the subject alone; a failure is an answer too.
    fn review(&self, subject: &Subject) -> Answer;
}

/// What a reviewer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: ReviewerStatus,
    pub findings: Vec<CouncilFinding>,
    pub reachability: Vec<Reach>,
}

impl Answer {
    #[must_use]
    pub fn found(findings: Vec<CouncilFinding>) -> Self {
        Self { status: ReviewerStatus::Done, findings, reachability: Vec::new() }
    }

    /// There was nothing to do, or no place to do it.
    #[must_use]
    pub fn not_run(why: impl Into<String>) -> Self {
        let status = ReviewerStatus::NotRun(why.into());
        Self { status, findings: Vec::new(), reachability: Vec::new() }
    }

    /// No usable answer.
    #[must_use]
    pub fn failed(why: impl Into<String>) -> Self {
        let status = ReviewerStatus::Failed(why.into());
        Self { status, findings: Vec::new(), reachability: Vec::new() }
    }
}

/// The reviewers that are always asked, offline and without a model.
#[must_use]
pub fn deterministic() -> Vec<Box<dyn Reviewer>> {
    Vec::new()
}
