//! Inlay hints: what was detected, and how surely, beside the words that show it.

use crate::snapshot::SpecView;
use model::{DocumentId, Span};

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
    /// The type of a column that does not say it, or the columns of a table.
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
#[must_use]
pub fn inlays(view: &SpecView, id: DocumentId, range: Span, options: InlayOptions) -> Vec<Inlay> {
    let mut out = Vec::new();
    if options.primitives {
        for need in &view.analysis.detection.needs {
            for it in need.evidence.iter().filter(|it| it.document == id && it.span.overlaps(range))
            {
                out.push(Inlay {
                    offset: it.span.range().end,
                    label: format!("{} {} {}", need.kind.word(), need.name, it.confidence),
                    kind: InlayKind::Primitive,
                    tooltip: None,
                });
            }
        }
    }
    out.sort_by(|a, b| (a.offset, &a.label).cmp(&(b.offset, &b.label)));
    out
}
