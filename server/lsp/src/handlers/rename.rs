//! `textDocument/prepareRename` and `textDocument/rename`.

use crate::session::Moment;
use crate::to_proto;
use lsp_types::{
    PrepareRenamePlaceholder, PrepareRenameResult, RenameParams, TextDocumentPositionParams,
    WorkspaceEdit,
};
use tower_lsp::jsonrpc::{Error, Result};
use workspace::features::rename;

pub(crate) fn prepare_rename(
    moment: &Moment,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResult>> {
    let Some((doc, place)) = moment.at(&params) else { return Ok(None) };
    let target = rename::prepare(&doc.view, place);
    Ok(target.map(|it| {
        PrepareRenameResult::PrepareRenamePlaceholder(PrepareRenamePlaceholder {
            range: to_proto::range(&doc, doc.id, it.span),
            placeholder: it.placeholder,
        })
    }))
}

pub(crate) fn rename(moment: &Moment, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let others = moment.others(&doc);
    let mut edits = rename::rename(&doc.view, place, &params.new_name, &others)
        .map_err(|error| Error::invalid_params(error.to_string()))?;
    let around = moment.around(&doc);
    edits.extend(rename::rename_in_migrations(&doc.view, place, &params.new_name, &around));
    Ok(Some(to_proto::workspace_edit(moment, &edits)))
}
