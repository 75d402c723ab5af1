//! Silencing a rule here, in a file or in the workspace.

use super::Edit;
use model::Span;
use spec::Document;

/// The edit that silences `rule` for the block at `offset`.
#[must_use]
pub fn here(document: &Document, rule: &str, offset: usize) -> Edit {
    let line = document.lines.line(offset.min(document.text.len()));
    let start = document.lines.line_span(line).map_or(0, |it| it.start);
    let indent: String =
        document.text[start..].chars().take_while(|it| matches!(it, ' ' | '\t')).collect();
    Edit { span: Span::at(start), text: format!("{indent}<!-- specwright: allow {rule} -->\n") }
}
