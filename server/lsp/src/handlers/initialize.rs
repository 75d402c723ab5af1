//! `initialize`: what the server offers this client.

use crate::handlers::code_action::FIX_ALL;
use crate::handlers::{execute_command, rollback, semantic_tokens, text_document};
use crate::profile::Profile;
use lsp_types::{
    ChangeNotifications, CodeActionKind, CodeActionOptions, CodeActionProvider, CodeLensOptions,
    CompletionOptions, DefinitionProvider, DiagnosticOptions, DiagnosticProvider,
    DocumentHighlightProvider, DocumentLinkOptions, DocumentSymbolProvider, ExecuteCommandOptions,
    FoldingRangeProvider, Full, HoverProvider, InitializeResult, InlayHintProvider,
    PositionEncodingKind, ReferencesProvider, RenameOptions, RenameProvider, Save,
    SelectionRangeProvider, SemanticTokensOptions, SemanticTokensOptionsRange,
    SemanticTokensProvider, ServerCapabilities, ServerInfo, TextDocumentContent,
    TextDocumentContentOptions, TextDocumentSync, TextDocumentSyncKind, TextDocumentSyncOptions,
    TypeDefinitionProvider, WorkspaceFoldersServerCapabilities, WorkspaceOptions,
    WorkspaceSymbolProvider,
};
use text::line_index::Encoding;
use workspace::features::completion::TRIGGERS;

pub(crate) fn initialize(profile: &Profile) -> InitializeResult {
    InitializeResult {
        capabilities: capabilities(profile),
        server_info: Some(ServerInfo {
            name: "specwright".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}

fn capabilities(profile: &Profile) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match profile.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QuickFix,
                CodeActionKind::Refactor,
                CodeActionKind::Source,
                CodeActionKind::Custom(FIX_ALL.into()),
            ]),
            resolve_provider: Some(profile.resolves_action_edits),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions::default()),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(TRIGGERS.map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        type_definition_provider: Some(TypeDefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        document_link_provider: Some(DocumentLinkOptions::default()),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        hover_provider: Some(HoverProvider::Bool(true)),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        rename_provider: Some(rename(profile)),
        selection_range_provider: Some(SelectionRangeProvider::Bool(true)),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: semantic_tokens::legend(),
                range: Some(SemanticTokensOptionsRange::Bool(true)),
                full: Some(Full::Bool(true)),
                ..SemanticTokensOptions::default()
            },
        )),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        diagnostic_provider: profile.pulls_diagnostics.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("specwright".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                ..DiagnosticOptions::default()
            })
        }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: execute_command::names(),
            ..ExecuteCommandOptions::default()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            text_document_content: profile.reads_text_documents.then(|| {
                let pages = text_document::Page::ALL.into_iter().map(text_document::Page::scheme);
                let schemes = pages.chain([text_document::SCHEME, rollback::SCHEME]);
                let schemes = schemes.map(str::to_owned).collect();
                TextDocumentContent::Options(TextDocumentContentOptions { schemes })
            }),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

/// Options only for clients that asked for them, as the protocol wants it.
fn rename(profile: &Profile) -> RenameProvider {
    if !profile.prepares_renames {
        return RenameProvider::Bool(true);
    }
    RenameProvider::RenameOptions(RenameOptions {
        prepare_provider: Some(true),
        ..RenameOptions::default()
    })
}
