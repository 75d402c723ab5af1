//! What can be written at a place.

use super::{Place, document};
use crate::snapshot::SpecView;
use model::Span;

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// One line beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// Plain text that takes the place of `replace`.
    pub insert: String,
    pub replace: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    Table,
    Column,
    Type,
    Policy,
    Cron,
    Key,
    Value,
    Requirement,
    Keyword,
}

/// The proposals at a place, best first; the client filters by what is typed.
#[must_use]
pub fn completions(view: &SpecView, place: Place) -> Vec<Completion> {
    let Some(document) = document(view, place.document) else { return Vec::new() };
    let before = document.text.get(..place.offset).unwrap_or_default();
    let word = before.chars().rev().take_while(|it| it.is_alphanumeric() || "_-".contains(*it));
    let replace = Span::new(place.offset - word.map(char::len_utf8).sum::<usize>(), place.offset);
    view.analysis
        .detection
        .tables
        .iter()
        .map(|it| Completion {
            label: it.name.clone(),
            kind: CompletionKind::Table,
            detail: None,
            documentation: None,
            insert: it.name.clone(),
            replace,
        })
        .collect()
}
