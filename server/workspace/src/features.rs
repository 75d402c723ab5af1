//! What editors show of a spec: hover, completion, navigation, outline, lenses, actions.
//!
//! Every feature is a pure function of a [`SpecView`] and a place in it; positions are byte offsets
//! and nothing here knows a protocol. Features that reach beyond one spec take the other views too.
//! Nothing is computed until it is asked for: the cost of a keystroke is not paid here.

pub mod actions;
pub mod completion;
pub mod folding;
pub mod hover;
pub mod inlay;
pub mod lenses;
pub mod links;
pub(crate) mod migration;
pub mod navigation;
pub mod provision;
pub mod recall;
pub mod rename;
mod resources;
pub mod selection;
pub mod silence;
pub mod symbols;
pub mod tokens;

#[cfg(test)]
mod anywhere;
mod blocks;
mod entity;
#[cfg(test)]
pub(crate) mod fixture;

use crate::migrations::late::Database;
use crate::snapshot::{DocumentKey, SpecView};
use model::{DocumentId, Span};
use std::sync::Arc;

/// A byte offset in one document of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub document: DocumentId,
    pub offset: usize,
}

/// A span of a document that may belong to another spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    pub key: DocumentKey,
    pub span: Span,
}

/// What stands around a document besides its spec.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// For a product spec: the migration specs of the workspace.
    pub migrations: Vec<Arc<SpecView>>,
    /// The development database of the document's folder, when there is one.
    pub database: Option<Arc<Database>>,
}

/// Disjoint replacements in one document, in order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    pub key: DocumentKey,
    pub edits: Vec<Edit>,
}

/// Replaces `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// The document of that number; `None` when `id` belongs to another view.
pub(crate) fn document(view: &SpecView, id: DocumentId) -> Option<&spec::Document> {
    view.documents.get(id.0 as usize)
}

/// What stands under the headings of these words, whatever their case.
pub(crate) fn sections_named(document: &spec::Document, title: &str) -> Vec<Span> {
    let all = blocks::sections(document).into_iter();
    let named = all.filter(|it| it.title.trim().eq_ignore_ascii_case(title.trim()));
    named.map(|it| it.span).collect()
}

pub(crate) fn location(view: &SpecView, id: DocumentId, span: Span) -> Option<Location> {
    let key = view.keys.get(id.0 as usize)?.clone();
    Some(Location { key, span })
}

/// Groups edits by document and drops what repeats or overlaps an earlier one.
pub(crate) fn file_edits(mut edits: Vec<(DocumentKey, Edit)>) -> Vec<FileEdits> {
    edits.sort_by(|(a, x), (b, y)| (a, x.span, &x.text).cmp(&(b, y.span, &y.text)));
    edits.dedup();
    let mut out: Vec<FileEdits> = Vec::new();
    for (key, edit) in edits {
        match out.last_mut().filter(|it| it.key == key) {
            Some(file) => {
                if file.edits.last().is_none_or(|it| it.span.end <= edit.span.start) {
                    file.edits.push(edit);
                }
            }
            None => out.push(FileEdits { key, edits: vec![edit] }),
        }
    }
    out
}
