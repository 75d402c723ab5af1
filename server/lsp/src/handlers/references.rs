//! `textDocument/references` and `textDocument/documentHighlight`.

use crate::session::Moment;
use crate::to_proto;
use lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, Location, ReferenceParams,
};
use tower_lsp::jsonrpc::Result;
use workspace::features::navigation;

pub(crate) fn references(
    moment: &Moment,
    params: ReferenceParams,
) -> Result<Option<Vec<Location>>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let others = moment.others(&doc);
    let with_definitions = params.context.include_declaration;
    let mut found = navigation::references(&doc.view, place, &others, with_definitions);
    found.extend(navigation::references_beside(&doc.view, place, &moment.beside(&doc)));
    Ok(Some(to_proto::locations(moment, &found)))
}

pub(crate) fn document_highlight(
    moment: &Moment,
    params: DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let found = navigation::highlights(&doc.view, place).into_iter();
    let found = found.map(|(span, defines)| DocumentHighlight {
        range: to_proto::range(&doc, doc.id, span),
        kind: Some(if defines {
            DocumentHighlightKind::Write
        } else {
            DocumentHighlightKind::Read
        }),
    });
    Ok(Some(found.collect()))
}
