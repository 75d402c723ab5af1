//! Inlay hints: what was detected, and how surely, beside the words that show it.

use super::blocks::blocks;
use super::document;
use super::entity::{self, column_name};
use super::hover::kind_words;
use super::symbols::count;
use super::tokens::written_type;
use crate::snapshot::SpecView;
use model::{Confidence, DocumentId, Evidence, Modality, Span};
use spec::Document;
use text::markdown::BlockKind;

/// Text drawn in the editor that is not in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlay {
    pub offset: usize,
    pub label: String,
    pub kind: InlayKind,
    /// Markdown.
    pub tooltip: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlayKind {
    /// A detected primitive with its confidence.
    Primitive,
    /// The type of a column that does not say it.
    Type,
}

/// Which hints are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InlayOptions {
    pub primitives: bool,
    pub types: bool,
}

impl Default for InlayOptions {
    fn default() -> Self {
        Self { primitives: true, types: true }
    }
}

/// The hints inside `range`, by place.
///
/// Each primitive is hinted once in a document, at its declaration or surest evidence.
#[must_use]
pub fn inlays(view: &SpecView, id: DocumentId, range: Span, options: InlayOptions) -> Vec<Inlay> {
    let Some(document) = document(view, id) else { return Vec::new() };
    let mut out = Vec::new();
    if options.primitives {
        out.extend(tables(view, id, document));
        out.extend(needs(view, id, document));
    }
    if options.types {
        out.extend(types(view, id, document));
    }
    out.retain(|it| range.touches(it.offset));
    out.sort_by(|a, b| (a.offset, &a.label).cmp(&(b.offset, &b.label)));
    out
}

fn tables(view: &SpecView, id: DocumentId, document: &Document) -> Vec<Inlay> {
    let detection = &view.analysis.detection;
    let definitions = entity::first_definitions(view, id);
    let mut out = Vec::new();
    for (index, span) in definitions {
        let table = &detection.tables[index];
        let columns = match table.columns.len() {
            0 => String::new(),
            n => format!(", {}", count(n, "column")),
        };
        let label = format!("table {}{columns}", table.name);
        let label = label + &doubt(table.confidence, table.modality);
        let offset = end_of_name(document, span);
        out.push(Inlay { offset, label, kind: InlayKind::Primitive, tooltip: None });
    }
    out
}

fn needs(view: &SpecView, id: DocumentId, document: &Document) -> Vec<Inlay> {
    let mut out = Vec::new();
    for need in &view.analysis.detection.needs {
        let here = need.evidence.iter().filter(|it| it.document == id && !is_code(document, it));
        let best = here.max_by_key(|it| (it.confidence, std::cmp::Reverse(it.span)));
        if let Some(best) = best {
            let label = format!("{} {}", kind_words(need.kind), need.name);
            let label = label + &doubt(need.confidence, need.modality);
            let offset = end_of_name(document, best.span);
            out.push(Inlay { offset, label, kind: InlayKind::Primitive, tooltip: None });
        }
    }
    out
}

fn types(view: &SpecView, id: DocumentId, document: &Document) -> Vec<Inlay> {
    let columns = view.analysis.detection.tables.iter().flat_map(|it| &it.columns);
    columns
        .filter(|it| it.document == id && written_type(document, it).is_none())
        .filter_map(|it| {
            Some(Inlay {
                offset: column_name(document, it).range().end,
                label: format!(": {}", it.ty.as_ref()?),
                kind: InlayKind::Type,
                tooltip: None,
            })
        })
        .collect()
}

/// `, 72%`, and the modality unless in scope.
fn doubt(confidence: Confidence, modality: Modality) -> String {
    match modality {
        Modality::InScope => format!(", {confidence}"),
        _ => format!(", {confidence}, {}", modality.word()),
    }
}

/// The end of the first line of a span, before the mark that closes emphasis or code.
fn end_of_name(document: &Document, span: Span) -> usize {
    let first = document.slice(span).lines().next().unwrap_or_default();
    span.range().start + first.trim_end().len()
}

/// Hints inside code would look like code.
fn is_code(document: &Document, it: &Evidence) -> bool {
    blocks(document).any(|block| {
        matches!(block.block.kind, BlockKind::Fence { .. }) && block.span().contains(it.span)
    })
}
