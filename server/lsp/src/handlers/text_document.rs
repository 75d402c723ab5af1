//! `workspace/textDocumentContent`: documents that are no files: plans of migration specs, what is
//! applied in a folder, and files of checkpoints.

use crate::handlers::execute_command::{context_text, plan_text};
use crate::handlers::rollback;
use crate::session::Moment;
use lsp_types::{TextDocumentContentParams, TextDocumentContentResult, Uri};
use model::AbsPath;
use tower_lsp::jsonrpc::{Error, Result};

/// The scheme of plans: `specwright-plan:///w/forge/migrations/0001_a.yaml.sql`.
pub(crate) const SCHEME: &str = "specwright-plan";
const ENDING: &str = ".sql";

/// The scheme of what is applied in a folder: `specwright-context:///w/context.md`.
pub(crate) const CONTEXT_SCHEME: &str = "specwright-context";
const CONTEXT_ENDING: &str = "/context.md";

/// The address of what is applied in a folder.
pub(crate) fn context_uri(root: &Uri) -> Option<Uri> {
    let rest = root.as_str().strip_prefix("file:")?.trim_end_matches('/').to_owned();
    Uri::parse(&format!("{CONTEXT_SCHEME}:{rest}{CONTEXT_ENDING}")).ok()
}

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
    if let Some(rest) = uri.strip_prefix(CONTEXT_SCHEME).and_then(|it| it.strip_prefix(':')) {
        return Ok(TextDocumentContentResult { text: context(moment, uri, rest)? });
    }
    if uri.starts_with(rollback::SCHEME) {
        return Ok(TextDocumentContentResult { text: rollback::document(moment, uri)? });
    }
    let file = uri.strip_prefix(SCHEME).and_then(|it| it.strip_prefix(':'));
    let file = file.and_then(|it| it.strip_suffix(ENDING));
    let file = file.and_then(|it| Uri::parse(&format!("file:{it}")).ok());
    let doc = file.and_then(|it| moment.doc(&it));
    let text = doc.as_ref().and_then(plan_text).ok_or_else(|| {
        Error::invalid_params(format!("read `{uri}`: it is the plan of no migration spec"))
    })?;
    Ok(TextDocumentContentResult { text })
}

fn context(moment: &Moment, uri: &str, rest: &str) -> Result<String> {
    let root = rest.strip_suffix(CONTEXT_ENDING);
    let root = root.and_then(|it| Uri::parse(&format!("file:{it}")).ok());
    let root = root.and_then(|it| AbsPath::new(&it.to_file_path().ok()?));
    // Only folders that the client opened: a link in a document must not read others.
    let known = root.filter(|root| moment.has_root(root));
    let known = known.ok_or_else(|| {
        Error::invalid_params(format!("read `{uri}`: it is the context of no open folder"))
    })?;
    context_text(moment, &known)
}
