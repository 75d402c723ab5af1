//! From LSP types to ours.

use crate::session::Doc;
use lsp_types::{Position, Range, TextDocumentContentChangeEvent, Uri};
use model::{AbsPath, Span};
use text::line_index;
use workspace::{DocumentKey, TextEdit};

/// The document that `uri` names; everything that is no local file counts as a buffer.
pub(crate) fn key(uri: &Uri) -> DocumentKey {
    let path = (uri.scheme() == "file").then(|| uri.to_file_path().ok()).flatten();
    match path.and_then(|it| AbsPath::new(&it)) {
        Some(path) => DocumentKey::File(path),
        None => DocumentKey::Untitled(uri.to_string()),
    }
}

pub(crate) fn position(it: Position) -> line_index::Position {
    line_index::Position { line: it.line, column: it.character }
}

pub(crate) fn edit(it: TextDocumentContentChangeEvent) -> TextEdit {
    match it {
        TextDocumentContentChangeEvent::TextDocumentContentChangePartial(it) => TextEdit {
            range: Some((position(it.range.start), position(it.range.end))),
            text: it.text,
        },
        TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(it) => {
            TextEdit { range: None, text: it.text }
        }
    }
}

/// The offset of `position`; what lies outside the text is its end.
pub(crate) fn offset(doc: &Doc, at: Position) -> usize {
    let document = doc.document();
    let offset = document.lines.offset(&document.text, position(at), doc.profile.encoding);
    offset.unwrap_or(document.text.len())
}

pub(crate) fn span(doc: &Doc, range: Range) -> Span {
    let start = offset(doc, range.start);
    Span::new(start, offset(doc, range.end).max(start))
}
