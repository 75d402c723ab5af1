//! `textDocument/foldingRange`.

use crate::session::Moment;
use lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};
use tower_lsp::jsonrpc::Result;
use workspace::features::folding::{FoldKind, folds};

pub(crate) fn folding_range(
    moment: &Moment,
    params: FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    let document = doc.document();
    let ranges = folds(&doc.view, doc.id).into_iter().filter_map(|it| {
        let bytes = it.span.range();
        let start_line = document.lines.line(bytes.start);
        // A region that ends with a line break ends on the line before.
        let body = document.slice(it.span).trim_end();
        let end_line = document.lines.line(bytes.start + body.len());
        let kind = match it.kind {
            FoldKind::Region => FoldingRangeKind::Region,
            FoldKind::Comment => FoldingRangeKind::Comment,
        };
        (start_line < end_line).then(|| FoldingRange {
            start_line,
            end_line,
            kind: Some(kind),
            ..FoldingRange::default()
        })
    });
    Ok(Some(ranges.collect()))
}
