//! `textDocument/selectionRange`: selections that grow by meaning.

use crate::session::{Doc, Moment};
use crate::{from_proto, to_proto};
use lsp_types::{Position, Range, SelectionRange, SelectionRangeParams};
use tower_lsp::jsonrpc::Result;
use workspace::features::Place;
use workspace::features::selection::selections;

pub(crate) fn selection_range(
    moment: &Moment,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    Ok(Some(params.positions.into_iter().map(|it| chain(&doc, it)).collect()))
}

/// One answer for each position, the innermost range outside.
fn chain(doc: &Doc, position: Position) -> SelectionRange {
    let place = Place { document: doc.id, offset: from_proto::offset(doc, position) };
    let outer_first = selections(&doc.view, place).into_iter().rev();
    let chain = outer_first.fold(None, |parent, span| {
        let range = to_proto::range(doc, doc.id, span);
        Some(SelectionRange { range, parent: parent.map(Box::new) })
    });
    let nothing = SelectionRange { range: Range { start: position, end: position }, parent: None };
    chain.unwrap_or(nothing)
}
