//! What the specs of a subject ask for: tables and their columns.

use crate::{PartKind, Subject};
use spec::{Analyzer, Document};

/// A table that a spec needs for sure.
pub(crate) struct Wanted {
    pub(crate) name: String,
    /// Each with its type, where the spec gives one.
    pub(crate) columns: Vec<(String, Option<String>)>,
}

pub(crate) fn wanted(subject: &Subject) -> Vec<Wanted> {
    let specs = subject.parts.iter().filter(|it| it.kind == PartKind::Spec);
    let documents: Vec<Document> =
        specs.map(|it| Document::new(None, it.text.as_str().into())).collect();
    if documents.is_empty() {
        return Vec::new();
    }
    let detection = Analyzer::new(Default::default()).analyze(&documents).detection;
    let tables = detection.tables.into_iter().filter(|it| it.is_required());
    let table = |it: model::Table| Wanted {
        name: it.name,
        columns: it.columns.into_iter().map(|it| (it.name, it.ty)).collect(),
    };
    tables.map(table).collect()
}
