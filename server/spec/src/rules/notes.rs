//! What a rule remembers of one chunk until the whole spec is known.

use super::Rule;
use crate::analysis::PlacedFacts;
use model::{DocumentId, Modality, Span};
use rustc_hash::FxHashMap;

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

/// The notes of all documents by rule, each in reading order.
pub(super) fn by_rule(
    documents: &[Vec<PlacedFacts>],
) -> FxHashMap<&'static str, Vec<PlacedNote<'_>>> {
    let mut out: FxHashMap<&'static str, Vec<PlacedNote<'_>>> = FxHashMap::default();
    for (document, chunks) in (0u32..).map(DocumentId).zip(documents) {
        for placed in chunks {
            for note in &placed.facts.notes {
                let span = note.span.shift(placed.start);
                out.entry(note.rule).or_default().push(PlacedNote { note, document, span });
            }
        }
    }
    out
}
