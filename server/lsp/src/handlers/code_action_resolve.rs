//! `codeAction/resolve`: the edit of an action, made when it is chosen.

use crate::handlers::code_action::{self, ActionId};
use crate::session::{Moment, content_modified};
use lsp_types::CodeAction;
use tower_lsp::jsonrpc::{Error, Result};

pub(crate) fn code_action_resolve(moment: &Moment, mut action: CodeAction) -> Result<CodeAction> {
    if action.edit.is_some() {
        return Ok(action);
    }
    let data = action.data.clone().unwrap_or_default();
    let id: ActionId = serde_json::from_value(data)
        .map_err(|_| Error::invalid_params("the action's `data` is not what was sent with it"))?;
    action.edit = Some(code_action::edit_of(moment, &id).ok_or_else(content_modified)?);
    Ok(action)
}
