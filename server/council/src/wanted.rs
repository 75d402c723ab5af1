//! What the specs of a subject ask for: tables and their columns.

use crate::{PartKind, Subject};
use spec::{Analyzer, Document};

/// Each table that a spec needs for sure, with its columns.
pub(crate) fn wanted(subject: &Subject) -> Vec<(String, Vec<String>)> {
    let specs = subject.parts.iter().filter(|it| it.kind == PartKind::Spec);
    let documents: Vec<Document> =
        specs.map(|it| Document::new(None, it.text.as_str().into())).collect();
    let detection = Analyzer::new(Default::default()).analyze(&documents).detection;
    let tables = detection.tables.into_iter().filter(|it| it.is_required());
    tables.map(|it| (it.name, it.columns.into_iter().map(|it| it.name).collect())).collect()
}
