//! The framework's view of the server: which method goes to which handler.
//!
//! Two rules hold here. Notifications never wait: they are done before the next message is read.
//! Requests take their moment before they wait for the first time.

use crate::profile::Profile;
use crate::session::Session;
use crate::transport::Ended;
use crate::{folders, handlers, tasks};
use lsp_types::{
    CodeAction, CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionParams,
    CompletionResponse, DefinitionParams, DefinitionResponse, DidChangeConfigurationParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentHighlight, DocumentHighlightParams,
    DocumentLink, DocumentLinkParams, DocumentSymbolParams, DocumentSymbolResponse,
    ExecuteCommandParams, FoldingRange, FoldingRangeParams, Hover, HoverParams, InitializeParams,
    InitializeResult, InitializedParams, InlayHint, InlayHintParams, Location, LspAny,
    PrepareRenameResult, ReferenceParams, RenameParams, SelectionRange, SelectionRangeParams,
    SemanticTokens, SemanticTokensParams, SemanticTokensRangeParams, TextDocumentContentParams,
    TextDocumentContentResult, TextDocumentPositionParams, TypeDefinitionParams,
    TypeDefinitionResponse, WorkDoneProgressCancelParams, WorkspaceDiagnosticParams,
    WorkspaceDiagnosticReport, WorkspaceEdit, WorkspaceSymbolParams, WorkspaceSymbolResponse,
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

impl Server {
    /// `window/workDoneProgress/cancel`, which the framework has no method for.
    pub(crate) async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        let progress = self.session.world().progress.upgrade();
        if let Some(progress) = progress {
            progress.cancel(&params.token);
        }
    }

    /// `$/setTrace`: the log is the server's own; the client's wish is no error.
    pub(crate) async fn set_trace(&self, _params: LspAny) {}
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let profile = Profile::new(&params);
        let result = handlers::initialize::initialize(&profile);
        self.session.set_profile(profile);
        self.session.world().editor_settings = params.initialization_options.clone();
        folders::add(&self.session, folders::of(&params));
        if let Some(pid) = params.process_id {
            crate::transport::watch_parent(pid, self.ended.clone());
        }
        Ok(result)
    }

    async fn initialized(&self, _params: InitializedParams) {
        // The first document usually opens a moment later, and should not wait for this.
        self.session.runtime.spawn_blocking(spec::warm_up);
        tasks::start(&self.session);
        folders::scan(&self.session);
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

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        handlers::sync::save(&self.session, params);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        handlers::sync::files_changed(&self.session, params);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        folders::change(&self.session, &params.event.added, &params.event.removed);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        handlers::sync::configuration_changed(&self.session, params);
    }

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
        let session = Arc::clone(&self.session);
        handlers::workspace_diagnostic::workspace_diagnostic(session, params).await
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

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.session.answer(move |it| handlers::hover::hover(it, params)).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        self.session.answer(move |it| handlers::completion::completion(it, params)).await
    }

    async fn goto_definition(
        &self,
        params: DefinitionParams,
    ) -> Result<Option<DefinitionResponse>> {
        self.session.answer(move |it| handlers::definition::definition(it, params)).await
    }

    async fn goto_type_definition(
        &self,
        params: TypeDefinitionParams,
    ) -> Result<Option<TypeDefinitionResponse>> {
        self.session.answer(move |it| handlers::definition::type_definition(it, params)).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        self.session.answer(move |it| handlers::references::references(it, params)).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        self.session.answer(move |it| handlers::references::document_highlight(it, params)).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResult>> {
        self.session.answer(move |it| handlers::rename::prepare_rename(it, params)).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        self.session.answer(move |it| handlers::rename::rename(it, params)).await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        self.session.answer(move |it| handlers::document_symbol::document_symbol(it, params)).await
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        self.session
            .answer(move |it| handlers::workspace_symbol::workspace_symbol(it, params))
            .await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.session.answer(move |it| handlers::folding_range::folding_range(it, params)).await
    }

    async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Option<Vec<SelectionRange>>> {
        self.session.answer(move |it| handlers::selection_range::selection_range(it, params)).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokens>> {
        self.session.answer(move |it| handlers::semantic_tokens::full(it, params)).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokens>> {
        self.session.answer(move |it| handlers::semantic_tokens::range(it, params)).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.session.answer(move |it| handlers::document_link::document_link(it, params)).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.session.answer(move |it| handlers::inlay_hint::inlay_hint(it, params)).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.session.answer(move |it| handlers::code_lens::code_lens(it, params)).await
    }

    async fn text_document_content(
        &self,
        params: TextDocumentContentParams,
    ) -> Result<TextDocumentContentResult> {
        let answer = move |it: &_| handlers::text_document::text_document_content(it, &params);
        self.session.answer(answer).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LspAny>> {
        let run = move |it: &_| handlers::execute_command::execute_command(it, params);
        let (output, effect) = self.session.answer(run).await?;
        handlers::execute_command::follow_up(&self.session, effect);
        Ok(Some(output))
    }
}
