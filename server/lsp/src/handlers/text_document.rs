//! `workspace/textDocumentContent`: plans of migration specs as documents that are no files.

use crate::handlers::execute_command::plan_text;
use crate::session::Moment;
use lsp_types::{TextDocumentContentParams, TextDocumentContentResult, Uri};
use tower_lsp::jsonrpc::{Error, Result};

/// The scheme of plans: `specwright-plan:///w/forge/migrations/0001_a.yaml.sql`.
pub(crate) const SCHEME: &str = "specwright-plan";
const ENDING: &str = ".sql";

/// The address of the plan of a file.
pub(crate) fn plan_uri(file: &Uri) -> Option<Uri> {
    let rest = file.as_str().strip_prefix("file:")?.to_owned();
    Uri::parse(&format!("{SCHEME}:{rest}{ENDING}")).ok()
}

pub(crate) fn text_document_content(
    moment: &Moment,
    params: &TextDocumentContentParams,
) -> Result<TextDocumentContentResult> {
    let uri = params.uri.as_str();
    let file = uri.strip_prefix(SCHEME).and_then(|it| it.strip_prefix(':'));
    let file = file.and_then(|it| it.strip_suffix(ENDING));
    let file = file.and_then(|it| Uri::parse(&format!("file:{it}")).ok());
    let doc = file.and_then(|it| moment.doc(&it));
    let text = doc.as_ref().and_then(plan_text).ok_or_else(|| {
        Error::invalid_params(format!("read `{uri}`: it is the plan of no migration spec"))
    })?;
    Ok(TextDocumentContentResult { text })
}
