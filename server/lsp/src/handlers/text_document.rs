//! `workspace/textDocumentContent`: documents that are no files: plans of migration specs, pages of a
//! folder, and files of checkpoints.

use crate::handlers::execute_command::{applied_text, audit_text, plan_text};
use crate::handlers::rollback;
use crate::session::Moment;
use lsp_types::{TextDocumentContentParams, TextDocumentContentResult, Uri};
use model::AbsPath;
use tower_lsp::jsonrpc::{Error, Result};

/// The scheme of plans: `specwright-plan:///w/forge/migrations/0001_a.yaml.sql`.
pub(crate) const SCHEME: &str = "specwright-plan";
const ENDING: &str = ".sql";

/// A page about a folder, read when it is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page {
    /// What is applied, as an agent is told it: `specwright-context:///w/context.md`.
    Applied,
    /// What happened: `specwright-audit:///w/audit.md`.
    AuditLog,
}

impl Page {
    pub(crate) const ALL: [Self; 2] = [Self::Applied, Self::AuditLog];

    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Applied => "specwright-context",
            Self::AuditLog => "specwright-audit",
        }
    }

    /// Its name as a file.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Applied => "context.md",
            Self::AuditLog => "audit.md",
        }
    }

    /// The address of the page of a folder.
    pub(crate) fn uri(self, root: &Uri) -> Option<Uri> {
        let rest = root.as_str().strip_prefix("file:")?.trim_end_matches('/');
        Uri::parse(&format!("{}:{rest}/{}", self.scheme(), self.file_name())).ok()
    }

    /// What it says of a folder.
    pub(crate) fn text(self, moment: &Moment, root: &AbsPath) -> Result<String> {
        match self {
            Self::Applied => applied_text(moment, root),
            Self::AuditLog => audit_text(moment, root),
        }
    }
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
    let is_of = |page: &Page| uri.split(':').next() == Some(page.scheme());
    if let Some(page) = Page::ALL.into_iter().find(is_of) {
        return Ok(TextDocumentContentResult { text: of_folder(moment, uri, page)? });
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

fn of_folder(moment: &Moment, uri: &str, page: Page) -> Result<String> {
    let rest = uri.strip_prefix(page.scheme()).and_then(|it| it.strip_prefix(':'));
    let root = rest.and_then(|it| it.strip_suffix(page.file_name()));
    let root = root.and_then(|it| Uri::parse(&format!("file:{}", it.strip_suffix('/')?)).ok());
    let root = root.and_then(|it| AbsPath::new(&it.to_file_path().ok()?));
    // Only folders that the client opened: a link in a document must not read others.
    let known = root.filter(|root| moment.has_root(root));
    let known = known.ok_or_else(|| {
        Error::invalid_params(format!("read `{uri}`: it is the page of no open folder"))
    })?;
    page.text(moment, &known)
}
