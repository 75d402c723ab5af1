use crate::{DocumentId, Span};

/// How much a diagnostic asks of the author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// A smell, off by default.
    Hint,
    /// Something is ambiguous or missing.
    Info,
    /// Two parts of the spec contradict each other, or what it asks for is unsafe.
    Warning,
    /// The text cannot be read as what it claims to be.
    Error,
}

impl Severity {
    /// The word used in settings, JSON and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hint, Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|it| it.word() == word)
    }
}

/// How an editor may draw a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    Unnecessary,
    Deprecated,
}

/// One finding about one place of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's kebab-case name.
    pub rule: &'static str,
    pub severity: Severity,
    pub document: DocumentId,
    pub span: Span,
    /// One sentence without a full stop; names are in backticks.
    pub message: String,
    /// The other sides of a contradiction.
    pub related: Vec<Related>,
    pub fixes: Vec<Fix>,
    pub tag: Option<Tag>,
}

/// A place that explains a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub document: DocumentId,
    pub span: Span,
    pub message: String,
}

/// An edit that mends a diagnostic; never applied without the author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Imperative title, shown in the lightbulb.
    pub title: String,
    /// Disjoint edits, in any order.
    pub edits: Vec<FixEdit>,
    /// Whether `check --fix` may apply it unasked: it is the only sensible mend and loses nothing.
    pub safe: bool,
}

/// Replaces `span` of `document` by `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixEdit {
    pub document: DocumentId,
    pub span: Span,
    pub text: String,
}
