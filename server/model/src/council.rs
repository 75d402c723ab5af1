use crate::Span;

/// How bad it is when a finding is right: the council's scale, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Risk {
    /// Worth knowing.
    Info,
    /// Costs something later.
    Low,
    /// Harms somebody, or may.
    Medium,
    /// Takes a service down, opens data, breaks clients, or loses data of some rows.
    High,
    /// Loses or opens all rows of something.
    Critical,
}

impl Risk {
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in JSON, settings and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// Whether a finding of this risk stops a change.
    #[must_use]
    pub fn blocks(self) -> bool {
        self >= Self::High
    }
}

/// What kind of harm a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Somebody waits, or the change does not get through.
    Availability,
    DataLoss,
    /// Somebody may see or write what he may not.
    Security,
    /// A deployed client stops working.
    Compatibility,
    /// A credential is in a place that many can read.
    Secrets,
    /// The change and the spec disagree.
    Spec,
}

impl Class {
    pub const ALL: [Self; 6] = [
        Self::Availability,
        Self::DataLoss,
        Self::Security,
        Self::Compatibility,
        Self::Secrets,
        Self::Spec,
    ];

    /// The word used in JSON, settings and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Availability => "avail",
            Self::DataLoss => "dataloss",
            Self::Security => "security",
            Self::Compatibility => "compat",
            Self::Secrets => "secrets",
            Self::Spec => "spec",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// What makes a finding of medium risk ask for an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stake {
    /// Somebody can do more than before.
    Access,
    /// Data can go.
    Data,
    /// What runs now can fail, or wait.
    Service,
}

/// How far a finding has been shown to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EvidenceLevel {
    /// Was looked into, and is wrong.
    Rejected,
    /// One model says so.
    Plausible,
    /// Two reviewers say so who did not see each other.
    Corroborated,
    /// Follows from the statements and the schema.
    Verified,
    /// Was seen to happen when the change was run.
    Proved,
}

impl EvidenceLevel {
    /// The word used in JSON and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Plausible => "plausible",
            Self::Corroborated => "corroborated",
            Self::Verified => "verified",
            Self::Proved => "proved",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        use EvidenceLevel::{Corroborated, Plausible, Proved, Rejected, Verified};
        [Rejected, Plausible, Corroborated, Verified, Proved]
            .into_iter()
            .find(|it| it.word() == word)
    }
}

/// What a review is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    MigrationPlan,
    PolicyChange,
    ResourceChange,
    SpecEdit,
    AgentDiff,
}

impl SubjectKind {
    /// The word used in JSON and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MigrationPlan => "migration-plan",
            Self::PolicyChange => "policy-change",
            Self::ResourceChange => "resource-change",
            Self::SpecEdit => "spec-edit",
            Self::AgentDiff => "agent-diff",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        use SubjectKind::{AgentDiff, MigrationPlan, PolicyChange, ResourceChange, SpecEdit};
        [MigrationPlan, PolicyChange, ResourceChange, SpecEdit, AgentDiff]
            .into_iter()
            .find(|it| it.word() == word)
    }
}

/// One thing that a reviewer holds against a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouncilFinding {
    /// Name of the reviewer: `lint`, `access`, … or that of a model reviewer.
    pub reviewer: String,
    /// A rule's kebab-case name, or a category of the closed list for models.
    pub rule: String,
    pub class: Class,
    pub risk: Risk,
    /// What medium risk has to be acknowledged for.
    pub stake: Option<Stake>,
    /// `table`, `table.column`, `policy on table`, … as SQL spells it without quotes.
    pub object: String,
    pub evidence: EvidenceLevel,
    /// Bytes of the subject that the finding is about; never holds a secret.
    pub quote: String,
    pub place: Option<FindingPlace>,
    /// One sentence without a full stop; names are in backticks.
    pub claim: String,
    /// When it goes wrong, for whom; empty when the claim says it.
    pub trigger: String,
    pub fix: Option<FindingFix>,
    /// The same for the same finding wherever its lines have moved.
    pub fingerprint: String,
}

/// Where a finding lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingPlace {
    /// The part of the subject, by its name: a path, or `migration`.
    pub part: String,
    pub span: Span,
    /// From 1.
    pub line: u32,
}

/// A way out of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingFix {
    /// Imperative.
    pub title: String,
    /// What to write; empty when the title says it all.
    pub text: String,
    /// Whether `text` may replace the finding's place as it is.
    pub replaces_place: bool,
}

/// What a review ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    Pass,
    /// Passes when a person has said that it is meant.
    NeedsAcknowledgement,
    /// A reviewer gave no usable answer; never a pass.
    Inconclusive,
    Block,
}

impl Verdict {
    /// The word used in JSON and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::NeedsAcknowledgement => "needs_acknowledgement",
            Self::Inconclusive => "inconclusive",
            Self::Block => "block",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        use Verdict::{Block, Inconclusive, NeedsAcknowledgement, Pass};
        [Pass, NeedsAcknowledgement, Inconclusive, Block].into_iter().find(|it| it.word() == word)
    }
}

/// How a reviewer's part of a review ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewerStatus {
    Done,
    /// There was nothing for it to do, or no place to do it; says why. Not held against the change.
    NotRun(String),
    /// No usable answer; says why.
    Failed(String),
}

/// One reviewer's part of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewerRun {
    pub reviewer: String,
    pub status: ReviewerStatus,
    pub ms: u64,
}

/// Who can do what with the rows of one table or view, before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    pub object: String,
    /// A role, or `owner`.
    pub role: String,
    /// `select`, `insert`, `update` or `delete`.
    pub command: &'static str,
    /// `none`, `all`, or the condition; `None` when the object is not there.
    pub before: Option<String>,
    pub after: Option<String>,
    pub is_wider: bool,
}

/// What the council says of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub subject_hash: String,
    pub base_hash: String,
    pub policy_version: String,
    pub verdict: Verdict,
    /// Why the verdict is not `pass`; sentences without a full stop.
    pub reasons: Vec<String>,
    /// Worst first.
    pub findings: Vec<CouncilFinding>,
    pub runs: Vec<ReviewerRun>,
    /// Rows of the reachability matrix that the change is about.
    pub reachability: Vec<Reach>,
}
