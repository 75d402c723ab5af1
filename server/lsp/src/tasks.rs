//! Requests to the client. Each runs on a task of its own with a limit of time: a client that
//! never answers holds up nothing, and no handler waits for one.

use crate::session::Session;
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
