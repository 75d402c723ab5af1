//! What a rule remembers of one chunk until the whole spec is known.

use super::Rule;
use crate::analysis::PlacedFacts;
use model::{DocumentId, Modality, Span};

/// A remembered place; what `key` and `value` mean is the rule's own business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    rule: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) modality: Modality,
    span: Span,
}

impl Note {
    /// From the chunk's start.
    pub(super) fn span_in_chunk(&self) -> Span {
        self.span
    }
}

/// A note and where it stands in its document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlacedNote<'a> {
    pub(crate) note: &'a Note,
    pub(crate) document: DocumentId,
    pub(crate) span: Span,
}

/// Where a rule takes notes.
pub(crate) struct Notes<'a> {
    rule: &'static Rule,
    out: &'a mut Vec<Note>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(rule: &'static Rule, out: &'a mut Vec<Note>) -> Self {
        Self { rule, out }
    }

    /// Remembers a place in the chunk.
    pub(crate) fn take(
        &mut self,
        kind: &'static str,
        span: Span,
        modality: Modality,
        key: impl Into<String>,
        value: impl Into<String>,
    ) {
        let (key, value, rule) = (key.into(), value.into(), self.rule.name);
        self.out.push(Note { rule, kind, key, value, modality, span });
    }
}

/// The notes that `rule` took, in reading order.
pub(super) fn of<'a>(rule: &Rule, all: &[PlacedNote<'a>]) -> Vec<PlacedNote<'a>> {
    all.iter().filter(|it| it.note.rule == rule.name).copied().collect()
}

/// The notes of all rules and documents, in reading order.
pub(super) fn all(documents: &[Vec<PlacedFacts>]) -> Vec<PlacedNote<'_>> {
    let mut out = Vec::new();
    for (document, chunks) in (0u32..).map(DocumentId).zip(documents) {
        for placed in chunks {
            out.extend(placed.facts.notes.iter().map(|note| PlacedNote {
                note,
                document,
                span: note.span.shift(placed.start),
            }));
        }
    }
    out
}
