//! Requests to the client. Each runs on a task of its own with a limit of time: a client that
//! never answers holds up nothing, and no handler waits for one.

use crate::handlers::execute_command::place_in_words;
use crate::session::Session;
use lsp_types::{Location, MessageType, ShowDocumentParams, WorkspaceEdit};
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::jsonrpc;

/// A client that has not answered by then will not.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Asks the client to pull its diagnostics again after `delay`.
pub(crate) fn refresh_diagnostics(session: &Arc<Session>, delay: Duration) {
    let client = session.client.clone();
    session.runtime.spawn(async move {
        tokio::time::sleep(delay).await;
        answered("workspace/diagnostic/refresh", client.workspace_diagnostic_refresh()).await;
    });
}

/// Has the client apply an edit that a command made.
pub(crate) fn apply_edit(session: &Arc<Session>, edit: WorkspaceEdit) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        let answer = answered("workspace/applyEdit", session.client.apply_edit(edit)).await;
        if let Some(result) = answer.filter(|it| !it.applied) {
            let reason = result.failure_reason.unwrap_or_else(|| "no reason was given".to_owned());
            session
                .show(MessageType::Warning, format!("the editor did not apply the edit: {reason}"));
        }
    });
}

/// Leads the author to a place, or says where it is.
pub(crate) fn show_document(session: &Arc<Session>, location: Location) {
    if !session.profile().shows_documents {
        session.show(MessageType::Info, place_in_words(&location));
        return;
    }
    let client = session.client.clone();
    session.runtime.spawn(async move {
        let params = ShowDocumentParams {
            uri: location.uri,
            external: Some(false),
            take_focus: Some(true),
            selection: Some(location.range),
        };
        answered("window/showDocument", client.show_document(params)).await;
    });
}

/// Waits for the client's answer; `None` when there is none or it is an error, which is logged.
pub(crate) async fn answered<T>(
    method: &str,
    answer: impl Future<Output = jsonrpc::Result<T>>,
) -> Option<T> {
    match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!("the client refused `{method}`: {}", error.message);
            None
        }
        Err(_) => {
            tracing::warn!("the client did not answer `{method}`");
            None
        }
    }
}
