//! Semantic tokens: what the words of a spec are.

use super::document;
use crate::snapshot::SpecView;
use model::{DocumentId, Span};
use spec::mentions::Names;

/// A coloured span; never longer than its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub span: Span,
    pub kind: TokenKind,
    /// Whether the thing is declared here.
    pub declaration: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenKind {
    Table,
    Column,
    Requirement,
    /// SHALL, MUST, WHEN …
    Keyword,
    Type,
    Vendor,
}

/// The tokens of a document or of a part of it, in order, without overlaps.
#[must_use]
pub fn tokens(view: &SpecView, id: DocumentId, range: Option<Span>) -> Vec<Token> {
    let Some(document) = document(view, id) else { return Vec::new() };
    let range = range.unwrap_or_else(|| Span::new(0, document.text.len()));
    let mut out: Vec<Token> = spec::mentions::requirements::mentions(&view.documents)
        .iter()
        .filter(|it| it.document == id && it.span.overlaps(range))
        .map(|it| Token {
            span: it.span,
            kind: TokenKind::Requirement,
            declaration: it.defines.is_some(),
        })
        .collect();
    let names = Names::new(&view.analysis);
    out.extend(names.within(document, id, range).iter().map(|it| Token {
        span: it.span,
        kind: TokenKind::Table,
        declaration: false,
    }));
    out.sort_by_key(|it| it.span);
    out
}
