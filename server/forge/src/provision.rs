//! From what a spec implies to the texts that declare it: only what is missing, each line with the
//! place that asks for it, and a question where the text leaves open what must not be guessed.

mod access;
mod columns;
pub(crate) mod edit;
mod needs;
mod primitive;
pub(crate) mod tables;

pub use crate::provision::primitive::{Primitive, key_of};

use crate::evidence::Mark;
use migrate::language;
use migrate::schema::Schema;
use model::{DocumentId, Evidence, Span};
use spec::{Analysis, Document};
use std::collections::BTreeMap;
use text::yaml::{self, Node, Value};

/// The first line of a migration spec that was written here; nobody's reason for anything.
pub const HEADER: &str = "Written from the spec by `specwright provision`; it is yours to edit.";

/// What is provisioned, from what, beside what is there already.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub documents: &'a [Document],
    pub analysis: &'a Analysis,
    pub scope: &'a Scope,
    /// What all migration specs make.
    pub schema: &'a Schema,
    /// The text of `forge.yaml`, where there is one.
    pub resources: Option<&'a str>,
    /// The names of all migration specs, without ending.
    pub migrations: &'a [String],
    /// What the author has decided, by the key of the question.
    pub answers: &'a BTreeMap<String, String>,
}

/// Which part of a spec is provisioned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    #[default]
    All,
    /// What is asked for there.
    Spans(Vec<(DocumentId, Span)>),
    /// `tables/users`, `auth/google`.
    Primitives(Vec<String>),
}

/// Texts that declare what was missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    pub added: Vec<Added>,
    /// Name without ending, and text, of a new migration spec.
    pub migration: Option<(String, String)>,
    /// The whole new text of `forge.yaml`.
    pub resources: Option<String>,
    /// What must be answered first; the texts lack what is asked about.
    pub questions: Vec<Question>,
    /// What could not be done as the spec has it, and why.
    pub notes: Vec<String>,
}

impl Proposal {
    /// Whether there is nothing to declare and nothing to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.questions.is_empty()
    }
}

/// Something that is declared now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// `tables/users`.
    pub primitive: String,
    pub mark: Option<Mark>,
    /// What was chosen, and why; the author should look at it.
    pub chosen: Vec<String>,
}

/// What the text leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `tables/loans.access`.
    pub key: String,
    /// What all questions of its kind can be answered by at once: `access`.
    pub group: &'static str,
    pub text: String,
    pub options: Vec<Choice>,
}

/// A possible answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub meaning: String,
}

/// An answer that does not fit its question, or texts that cannot be extended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// `forge.yaml` has findings that keep it from being read.
    UnreadableResources,
    /// The key of the question, the answer, and why it does not do.
    Answer { key: String, value: String, why: String },
    /// What was written is refused by the language of migration specs: the findings.
    Migration(Vec<String>),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnreadableResources => {
                write!(f, "add to `{}`: its findings leave no place for entries", crate::FILE)
            }
            Self::Answer { key, value, why } => write!(f, "take `{value}` for `{key}`: {why}"),
            Self::Migration(why) => {
                write!(f, "write the migration spec: {}", why.join("; "))
            }
        }
    }
}

/// Makes the texts that declare what `input` asks for and lacks.
///
/// # Errors
/// [`Refusal`]: nothing is to be written.
pub fn propose(input: &Input<'_>) -> Result<Proposal, Refusal> {
    let mut out = Proposal::default();
    if input.analysis.detection.none.is_some() {
        return Ok(out);
    }
    let drafts = tables::draft(input, &mut out)?;
    if let Some(text) = tables::text(&drafts) {
        let name = tables::file_name(&drafts, input.migrations);
        out.migration = Some((name.clone(), checked(input, &name, &text)?));
    }
    out.resources = needs::declare(input, &drafts, &mut out)?;
    Ok(out)
}

/// The text in the one layout, if it does what it is for.
fn checked(input: &Input<'_>, name: &str, text: &str) -> Result<String, Refusal> {
    let text = language::format(text);
    let (operations, mut found) = language::read_file(0, language::File { name, text: &text });
    found.extend(language::replay(input.schema, &operations).diagnostics);
    found.retain(|it| it.severity == model::Severity::Error);
    if found.is_empty() {
        return Ok(text);
    }
    Err(Refusal::Migration(
        found.into_iter().map(|it| format!("{} [{}]", it.message, it.rule)).collect(),
    ))
}

impl Input<'_> {
    /// The author's answer to a question; that of its group where it has none of its own.
    fn answer(&self, key: &str, group: &str) -> Option<&str> {
        self.own_answer(key).or_else(|| self.answers.get(group).map(String::as_str))
    }

    /// The author's answer to this very question.
    fn own_answer(&self, key: &str) -> Option<&str> {
        let short = key.split_once('/').map_or(key, |it| it.1);
        let found = [key, short].into_iter().find_map(|it| self.answers.get(it));
        found.map(String::as_str)
    }

    /// Whether something with these proofs is to be provisioned.
    fn is_wanted(&self, primitive: &str, evidence: &[Evidence]) -> bool {
        match self.scope {
            Scope::All => true,
            Scope::Primitives(wanted) => wanted.iter().any(|it| {
                it == primitive || primitive.split_once('/').is_some_and(|short| short.1 == it)
            }),
            Scope::Spans(spans) => evidence.iter().any(|it| {
                spans
                    .iter()
                    .any(|(document, span)| *document == it.document && span.contains(it.span))
            }),
        }
    }

    /// The best proof that something is asked for now.
    fn mark(&self, evidence: &[Evidence]) -> Option<Mark> {
        let asks = |it: &&Evidence| it.modality == model::Modality::InScope;
        let best = evidence.iter().filter(asks).rev().max_by_key(|it| it.confidence);
        best.or(evidence.first()).and_then(|it| Mark::of(self.documents, it))
    }
}

/// Whether entries have a place in a text of `forge.yaml`: it is YAML, and a mapping where it is
/// anything.
fn is_extensible(text: &str) -> bool {
    let documents = yaml::read(text);
    let is_mapping = |it: &Node<'_>| matches!(it.value, Value::Map(_) | Value::Empty);
    documents.faults.is_empty()
        && documents.roots.len() <= 1
        && documents.roots.iter().all(is_mapping)
}

#[cfg(test)]
mod tests;
