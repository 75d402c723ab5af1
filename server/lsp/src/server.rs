//! The framework's view of the server: which method goes to which handler.
//!
//! Two rules hold here. Notifications never wait: they are done before the next message is read.
//! Requests take their moment before they wait for the first time.

use crate::handlers;
use crate::profile::Profile;
use crate::session::Session;
use crate::transport::Ended;
use lsp_types::{
    CodeAction, CodeActionParams, CodeActionResponse, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    DocumentDiagnosticParams, DocumentDiagnosticReport, InitializeParams, InitializeResult,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport,
};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;

pub(crate) struct Server {
    session: Arc<Session>,
    /// Told when the client's process is gone.
    ended: Sender<Ended>,
}

impl Server {
    pub(crate) fn new(session: Arc<Session>, ended: Sender<Ended>) -> Self {
        Self { session, ended }
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let profile = Profile::new(&params);
        let result = handlers::initialize::initialize(&profile);
        self.session.set_profile(profile);
        if let Some(pid) = params.process_id {
            crate::transport::watch_parent(pid, self.ended.clone());
        }
        Ok(result)
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        handlers::sync::open(&self.session, params);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        handlers::sync::change(&self.session, params);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        handlers::sync::close(&self.session, params);
    }

    async fn did_save(&self, _params: DidSaveTextDocumentParams) {}

    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReport> {
        self.session.answer(move |it| handlers::diagnostic::diagnostic(it, params)).await
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReport> {
        let answer = move |it: &_| handlers::workspace_diagnostic::workspace_diagnostic(it, params);
        self.session.answer(answer).await
    }

    async fn code_action(
        &self,
        params: CodeActionParams,
    ) -> Result<Option<Vec<CodeActionResponse>>> {
        self.session.answer(move |it| handlers::code_action::code_action(it, params)).await
    }

    async fn code_action_resolve(&self, params: CodeAction) -> Result<CodeAction> {
        let answer = move |it: &_| handlers::code_action_resolve::code_action_resolve(it, params);
        self.session.answer(answer).await
    }
}
