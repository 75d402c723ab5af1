//! Code lenses: what was detected in a file, a section and a table, above it.

use super::Location;
use super::symbols::count;
use crate::snapshot::SpecView;
use model::{DocumentId, Span};

/// A line of text above `span` that can be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    pub span: Span,
    pub title: String,
    pub act: LensAct,
}

/// What a click does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LensAct {
    /// Shows what the spec implies.
    ShowDetection,
    /// Lists places.
    ShowPlaces(Vec<Location>),
}

/// The lenses of a document, by place.
#[must_use]
pub fn lenses(view: &SpecView, _id: DocumentId) -> Vec<Lens> {
    let detection = &view.analysis.detection;
    let tables = detection.tables.iter().filter(|it| it.is_required()).count();
    if tables == 0 {
        return Vec::new();
    }
    let title = format!("detected {}", count(tables, "table"));
    vec![Lens { span: Span::at(0), title, act: LensAct::ShowDetection }]
}
