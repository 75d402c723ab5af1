//! What the words of a column are, by the query that editors share.

use super::grammar::COLUMN;
use model::Span;
use std::sync::LazyLock;
use streaming_iterator::StreamingIterator as _;
use tree_sitter::{Parser, Query, QueryCursor};

static QUERY: LazyLock<Query> = LazyLock::new(|| {
    let source = include_str!("../../../../queries/column/highlights.scm");
    Query::new(&COLUMN.into(), source).expect("the query is tested")
});

/// The captures of `queries/column/highlights.scm` in one column, constraint or index, in order of
/// their places: `property`, `type`, `keyword` and so on.
#[must_use]
pub fn highlights(text: &str) -> Vec<(Span, &'static str)> {
    let mut parser = Parser::new();
    parser.set_language(&COLUMN.into()).expect("the grammar's ABI is the library's");
    let tree = parser.parse(text, None).expect("no time limit is set");
    let mut cursor = QueryCursor::new();
    let mut found = cursor.captures(&QUERY, tree.root_node(), text.as_bytes());
    let mut out = Vec::new();
    while let Some((found, index)) = found.next() {
        let capture = found.captures()[*index];
        let range = capture.node.byte_range();
        let name = QUERY.capture_names()[capture.index as usize];
        out.push((Span::new(range.start, range.end), name));
    }
    out
}
